/** OpenPGP by the program sq (Sequoia) with a key of its key store, for people who do not use GnuPG. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../config/programs.ts";
import type { Environment } from "../../config/rootless.ts";
import { EngineError, within } from "../../base/errors.ts";

/** A signed message of ours is below 4 KiB. */
const maxOutputBytes = 4 * 1024 * 1024;
const timeLimitMillis = 60_000;

/** A signed message, as `gpgSign` makes one. @throws failed-precondition with sq's words, or program-missing naming the package */
export async function sqSign(content: Uint8Array, fingerprint: string, env: Environment, passphraseFile?: string): Promise<Uint8Array> {
  const program = findProgram("sq", env);
  if (program === undefined) throw new EngineError("failed-precondition", "error using --sign-by-sq-fingerprint: it needs the program sq, which is not installed", { reason: "program-missing", hint: "install the package sq" });
  if (fingerprint.startsWith("-")) throw new EngineError("invalid-argument", `error using --sign-by-sq-fingerprint: ${JSON.stringify(fingerprint)} is not a fingerprint`);
  const folder = mkdtempSync(join(tmpdir(), "podman-sq-"));
  try {
    const child = Bun.spawn([program, ...passphraseOption(folder, passphraseFile), "sign", "--signer", fingerprint, "--message", "--binary", "-"], {
      stdin: new Blob([new Uint8Array(content)]), stdout: "pipe", stderr: "pipe", timeout: timeLimitMillis, maxBuffer: maxOutputBytes, env: { ...env, LC_ALL: "C" },
    });
    const [stdout, stderr, exitCode] = await Promise.all([new Response(child.stdout).bytes(), new Response(child.stderr).text(), child.exited]);
    if (exitCode !== 0 || stdout.length === 0) throw new EngineError("failed-precondition", `error using --sign-by-sq-fingerprint: ${reasonIn(stderr) || `sq ended with status ${String(exitCode)}`}`, exitCode === usageStatus ? { hint: "sq 1.0 or newer is needed" } : {});
    return stdout;
  } finally { rmSync(folder, { recursive: true, force: true }); }
}
const usageStatus = 2;

/** sq takes the whole file, line end and all: ours holds the first line only. */
function passphraseOption(folder: string, passphraseFile: string | undefined): readonly string[] {
  if (passphraseFile === undefined) return [];
  let passphrase: string;
  try { passphrase = readFileSync(passphraseFile, "utf8").split("\n")[0] ?? ""; } catch (error) { throw within(`reading passphrase file ${JSON.stringify(passphraseFile)}`, error); }
  const path = join(folder, "passphrase");
  writeFileSync(path, passphrase, { mode: 0o600 });
  return ["--password-file", path];
}

/** Its errors come with a trace; what they mean is in these lines. */
function reasonIn(stderr: string): string {
  return stderr.split("\n").map((line) => line.trim()).filter((line) => /^(?:error|because): /i.test(line)).map((line) => line.replace(/^error: /i, "")).join("; ");
}
