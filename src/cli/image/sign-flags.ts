/** Flags of commands that sign, and the passphrase they need. */
import { readFileSync } from "node:fs";
import { within } from "../../base/errors.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";

interface SignFlags { readonly signBy?: string | undefined; readonly signBySigstore?: string | undefined; readonly signBySigstorePrivateKey?: string | undefined; readonly signBySqFingerprint?: string | undefined; readonly signPassphraseFile?: string | undefined }
interface Signing { readonly signBy?: string; readonly signBySqFingerprint?: string; readonly signBySigstorePrivateKey?: string; readonly signPassphrase?: string; readonly signPassphraseFile?: string }

/** Asks for the passphrase of a sigstore key when no file gives it. @throws usage for flags that exclude each other */
export async function signingInput(context: CommandContext, flags: SignFlags): Promise<Signing> {
  const { signBy = "", signBySqFingerprint = "", signBySigstore = "", signBySigstorePrivateKey = "", signPassphraseFile = "" } = flags;
  // One file holds one passphrase: whose would it be?
  if (signPassphraseFile !== "" && [signBy, signBySqFingerprint, signBySigstorePrivateKey].filter((key) => key !== "").length > 1) throw usageError("only one of --sign-by, --sign-by-sq-fingerprint and --sign-by-sigstore-private-key can be used with --sign-passphrase-file");
  const parameters = signBySigstore === "" ? {} : await readParameters(signBySigstore);
  const key = parameters.key ?? signBySigstorePrivateKey;
  const file = parameters.passphraseFile ?? signPassphraseFile;
  const passphrase = key === "" ? undefined : file === "" ? await ask(context, key) : firstLine(file);
  return {
    ...(signBy === "" ? {} : { signBy }), ...(signBySqFingerprint === "" ? {} : { signBySqFingerprint }), ...(signBy === "" && signBySqFingerprint === "" || file === "" ? {} : { signPassphraseFile: file }),
    ...(key === "" ? {} : { signBySigstorePrivateKey: key, signPassphrase: passphrase ?? "" }),
  };
}

function firstLine(path: string): string {
  try { return readFileSync(path, "utf8").split("\n")[0] ?? ""; } catch (error) { throw within(`reading passphrase file ${JSON.stringify(path)}`, error); }
}

async function ask(context: CommandContext, key: string): Promise<string> {
  const { readHidden } = await import("../ask.ts");
  await context.err.write(`Passphrase for key ${key}: `);
  const passphrase = await readHidden(context.stdin);
  await context.err.write("\n");
  return passphrase;
}

/** containers-sigstore-signing-params.yaml(5), as far as it is about keys. */
async function readParameters(path: string): Promise<{ readonly key?: string; readonly passphraseFile?: string }> {
  const { parse } = await import("yaml");
  let value: unknown;
  try { value = parse(readFileSync(path, "utf8")); } catch (error) { throw within(`parsing sigstore parameter file ${JSON.stringify(path)}`, error); }
  const table = typeof value === "object" && value !== null ? value as Readonly<Record<string, unknown>> : {};
  const unknown = Object.keys(table).find((name) => name !== "privateKeyFile" && name !== "privateKeyPassphraseFile");
  if (unknown !== undefined) throw usageError(`--sign-by-sigstore: ${JSON.stringify(unknown)} is not supported: only privateKeyFile and privateKeyPassphraseFile are`);
  const { privateKeyFile, privateKeyPassphraseFile } = table;
  if (typeof privateKeyFile !== "string" || typeof privateKeyPassphraseFile !== "string") throw usageError("--sign-by-sigstore: the file must name privateKeyFile and privateKeyPassphraseFile");
  return { key: privateKeyFile, passphraseFile: privateKeyPassphraseFile };
}
