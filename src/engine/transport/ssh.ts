/** `ssh://user@host[:port]/path/of/podman.sock`: the other machine's socket, brought here by ssh(1) as a socket of ours. podman-system-connection(1) */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../base/errors.ts";
import { parseSshUrl, type SshTarget } from "../../config/ssh-url.ts";
import { readStart } from "../../formats/stream.ts";

/** How long ssh may take to log in; people type passwords. */
const loginMillis = 120_000;
const pollMillis = 10;
const maxSaidBytes = 64 * 1024;

/** The arguments of ssh for a socket at `local`. Pure. */
export function sshArguments({ host, user, port, path }: SshTarget, local: string, identity: string | undefined): readonly string[] {
  return [
    "-N", "-T", "-o", "ExitOnForwardFailure=yes", "-o", "StreamLocalBindUnlink=yes", ...(port === undefined ? [] : ["-p", port]), ...(identity === undefined ? [] : ["-i", identity]),
    "-L", `${local}:${path}`, "--", user === undefined ? host : `${user}@${host.replace(/^\[|\]$/g, "")}`,
  ];
}

/** Logs in and gives the address of the socket here, which lives as long as this process. @throws unavailable with what ssh said, failed-precondition without ssh */
export async function forwardBySsh(url: string, identity: string | undefined): Promise<string> {
  const target = parseSshUrl(url);
  const program = Bun.which("ssh");
  if (program === null) throw new EngineError("failed-precondition", "connect by ssh: the program ssh is missing", { reason: "program-missing", hint: "install openssh-client" });
  const folder = mkdtempSync(join(tmpdir(), "podman-ssh-"));
  const local = join(folder, "podman.sock");
  // A killed command must not leave its ssh behind; util-linux ties the two together.
  const setpriv = Bun.which("setpriv");
  const child = Bun.spawn([...(setpriv === null ? [] : [setpriv, "--pdeathsig", "TERM", "--"]), program, ...sshArguments(target, local, identity)], { stdin: "inherit", stdout: "ignore", stderr: "pipe" });
  process.once("exit", () => { child.kill(); rmSync(folder, { recursive: true, force: true }); });
  // ssh must not keep a command that is done alive.
  child.unref();
  const said = readStart(child.stderr, maxSaidBytes);
  for (const limit = Date.now() + loginMillis; !existsSync(local);) {
    if (child.exitCode !== null) throw new EngineError("unavailable", `unable to connect to Podman socket: ${url}: ssh: ${(await said).trim() || `status ${child.exitCode}`}`);
    if (Date.now() > limit) throw new EngineError("deadline-exceeded", `unable to connect to Podman socket: ${url}: ssh did not log in`);
    await Bun.sleep(pollMillis);
  }
  return `unix://${local}`;
}
