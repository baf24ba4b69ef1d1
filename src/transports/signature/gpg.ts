/** OpenPGP by the program gpg: nothing of the user's key ring plays a part in verifying, and no key is ever fetched. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../config/programs.ts";
import type { Environment } from "../../config/rootless.ts";
import { EngineError } from "../../base/errors.ts";

/** A signed message of ours is below 4 KiB. */
const maxOutputBytes = 4 * 1024 * 1024;
const timeLimitMillis = 60_000;

interface Result { readonly stdout: Uint8Array; readonly status: string; readonly exitCode: number | null }

/** Verifies against exactly the keys it was given. `await using`: its folder ends with it. */
export class GpgVerifier implements AsyncDisposable {
  readonly #program: string;
  readonly #home: string;
  readonly #accepted: ReadonlySet<string>;
  private constructor(program: string, home: string, accepted: ReadonlySet<string>) {
    this.#program = program;
    this.#home = home;
    this.#accepted = accepted;
  }

  /** @throws permission-denied `No public keys imported`, failed-precondition/program-missing */
  static async of(keys: readonly Uint8Array[], env: Environment): Promise<GpgVerifier> {
    const program = gpgProgram(env);
    const home = mkdtempSync(join(tmpdir(), "podman-gpg-"));
    try {
      chmodSync(home, 0o700);
      for (const key of keys) await runGpg([program, ...quiet(home), "--import"], key, env);
      const listing = await runGpg([program, ...quiet(home), "--with-colons", "--list-keys"], new Uint8Array(), env);
      const accepted = primaryFingerprints(new TextDecoder().decode(listing.stdout));
      if (accepted.size === 0) throw new EngineError("permission-denied", "No public keys imported");
      return new GpgVerifier(program, home, accepted);
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      throw error;
    }
  }

  /** The content of a signed message. @throws permission-denied unless one good, unexpired signature by an accepted key covers all of it */
  async open(message: Uint8Array, env: Environment): Promise<Uint8Array> {
    const { stdout, status, exitCode } = await runGpg([this.#program, ...quiet(this.#home), "--decrypt"], message, env);
    const lines = status.split("\n").filter((line) => line.startsWith("[GNUPG:] ")).map((line) => line.slice("[GNUPG:] ".length).split(" "));
    const count = (name: string): number => lines.filter(([first]) => first === name).length;
    const bad = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "NODATA", "UNEXPECTED", "FAILURE", "DECRYPTION_OKAY"].find((name) => count(name) > 0);
    const valid = lines.find(([first]) => first === "VALIDSIG");
    if (bad !== undefined || exitCode !== 0 || valid === undefined || count("GOODSIG") !== 1 || count("VALIDSIG") !== 1 || count("PLAINTEXT") !== 1) {
      throw new EngineError("permission-denied", `Invalid GPG signature: ${bad === "ERRSIG" ? "made by a key that is not accepted" : bad ?? "no valid signature"}`);
    }
    const primary = valid.at(-1) ?? "";
    if (!this.#accepted.has(primary)) throw new EngineError("permission-denied", `signature by key ${primary} is not accepted`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> { rmSync(this.#home, { recursive: true, force: true }); }
}

/** Signs with a key of the user's ring (`GNUPGHOME`). @throws failed-precondition with gpg's words */
export async function gpgSign(content: Uint8Array, key: string, env: Environment, passphraseFile?: string): Promise<Uint8Array> {
  const passphrase = passphraseFile === undefined ? [] : ["--pinentry-mode", "loopback", "--passphrase-file", passphraseFile];
  const { stdout, status, exitCode } = await runGpg([gpgProgram(env), "--batch", "--yes", "--no-tty", "--status-fd", "2", ...passphrase, "--local-user", key, "--sign"], content, env);
  if (exitCode !== 0 || !status.includes("[GNUPG:] SIG_CREATED ")) {
    const why = status.split("\n").filter((line) => line !== "" && !line.startsWith("[GNUPG:]")).join("; ");
    throw new EngineError("failed-precondition", `signing with key ${JSON.stringify(key)}: ${why === "" ? `gpg ended with status ${String(exitCode)}` : why}`);
  }
  return stdout;
}

/** E-mail addresses or names of the keys in a file, for listings; none when gpg cannot read it. */
export async function keyOwners(data: Uint8Array, env: Environment): Promise<readonly string[]> {
  const home = mkdtempSync(join(tmpdir(), "podman-gpg-"));
  try {
    const { stdout } = await runGpg([gpgProgram(env), ...quiet(home), "--with-colons", "--show-keys"], data, env);
    const records = new TextDecoder().decode(stdout).split("\n").map((line) => line.split(":"));
    return records.filter(([kind]) => kind === "uid" || kind === "pub").map((fields) => fields[9] ?? "").filter((uid) => uid !== "").map((uid) => /<([^>]*)>/.exec(uid)?.[1] ?? uid);
  } finally { rmSync(home, { recursive: true, force: true }); }
}

/** @throws failed-precondition/program-missing */
export function gpgProgram(env: Environment): string {
  const program = findProgram("gpg2", env) ?? findProgram("gpg", env);
  if (program === undefined) throw new EngineError("failed-precondition", "GPG signatures need the program gpg, which is not installed", { reason: "program-missing", hint: "install the package gnupg" });
  return program;
}

function quiet(home: string): readonly string[] {
  return ["--homedir", home, "--no-options", "--batch", "--no-tty", "--no-autostart", "--no-auto-key-retrieve", "--no-auto-key-locate", "--trust-model", "always", "--status-fd", "2"];
}

/** Standard error is the status. Ends after a minute. */
export async function runGpg(argv: readonly string[], input: Uint8Array, env: Environment): Promise<Result> {
  const child = Bun.spawn([...argv], { stdin: new Blob([new Uint8Array(input)]), stdout: "pipe", stderr: "pipe", timeout: timeLimitMillis, maxBuffer: maxOutputBytes, env: { ...env, LC_ALL: "C" } });
  const [stdout, status, exitCode] = await Promise.all([new Response(child.stdout).bytes(), new Response(child.stderr).text(), child.exited]);
  return { stdout, status, exitCode };
}

/** `fpr` lines that follow `pub` lines. */
function primaryFingerprints(listing: string): ReadonlySet<string> {
  const found = new Set<string>();
  let isPrimary = false;
  for (const fields of listing.split("\n").map((line) => line.split(":"))) {
    if (fields[0] === "pub") isPrimary = true;
    else if (fields[0] === "fpr" && isPrimary) { found.add(fields[9] ?? ""); isPrimary = false; }
  }
  return found;
}
