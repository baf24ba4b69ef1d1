/** Wrapping with OpenPGP by the program gpg: to keys of the user's ring, from rings that are given as files. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../config/rootless.ts";
import { EngineError } from "../../base/errors.ts";
import { gpgProgram, runGpg } from "../signature/gpg.ts";
import type { DecryptionKeys } from "./keys.ts";

/** @throws failed-precondition with gpg's words for a name it does not know */
export async function wrapPgp(content: Uint8Array, names: readonly string[], env: Environment): Promise<Uint8Array> {
  const recipients = names.flatMap((name) => ["--recipient", name]);
  const { stdout, status, exitCode } = await runGpg([gpgProgram(env), "--batch", "--no-tty", "--trust-model", "always", "--cipher-algo", "AES256", "--compress-algo", "none", "--status-fd", "2", ...recipients, "--encrypt"], content, env);
  if (exitCode !== 0) throw new EngineError("failed-precondition", `encrypting for ${names.join(", ")}: ${status.split("\n").filter((line) => line !== "" && !line.startsWith("[GNUPG:]")).join("; ")}`);
  return stdout;
}

/** undefined: no ring has the key. */
export async function unwrapPgp(message: Uint8Array, keyRings: DecryptionKeys["keyRings"], env: Environment): Promise<Uint8Array | undefined> {
  for (const { data, passphrase } of keyRings) {
    const home = mkdtempSync(join(tmpdir(), "podman-gpg-"));
    try {
      chmodSync(home, 0o700);
      writeFileSync(join(home, "passphrase"), passphrase, { mode: 0o600 });
      const common = [gpgProgram(env), "--homedir", home, "--no-options", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase-file", join(home, "passphrase"), "--status-fd", "2"];
      await runGpg([...common, "--import"], data, env);
      const { stdout, exitCode } = await runGpg([...common, "--decrypt"], message, env);
      if (exitCode === 0) return stdout;
    } finally {
      await runGpg(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], new Uint8Array(), env).catch(() => { /* it ends when its folder is gone */ });
      rmSync(home, { recursive: true, force: true });
    }
  }
  return undefined;
}
