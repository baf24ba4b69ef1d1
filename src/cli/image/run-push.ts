import { writeFile } from "node:fs/promises";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { progressPrinter } from "./progress.ts";
import { registryInput, type RegistryValues } from "./registry-flags.ts";

interface PushValues extends RegistryValues {
  readonly all: boolean; readonly compress: boolean; readonly compressionFormat: string; readonly compressionLevel?: number | undefined; readonly digestfile?: string | undefined;
  readonly encryptLayer?: readonly string[] | undefined; readonly encryptionKey?: readonly string[] | undefined; readonly forceCompression: boolean; readonly format?: string | undefined; readonly quiet: boolean; readonly removeSignatures: boolean;
  readonly signBy?: string | undefined; readonly signBySigstore?: string | undefined; readonly signBySigstorePrivateKey?: string | undefined; readonly signBySqFingerprint?: string | undefined; readonly signPassphraseFile?: string | undefined;
}

/** `podman push`: progress on standard error, the digest into a file if wanted. */
export async function runPush(context: CommandContext, [ref = "", destination]: readonly string[], values: PushValues): Promise<void> {
  const engine = await context.engine();
  const signing = await (await import("./sign-flags.ts")).signingInput(context, values);
  const printer = progressPrinter(context.err, values.quiet);
  const input = {
    ref, ...signing, ...encryptionInput(values), ...(destination === undefined ? {} : { destination }), ...await registryInput(context, values),
    ...(values.all ? { all: true } : {}), ...(values.compress ? { compress: true } : {}), ...(values.quiet ? { quiet: true } : {}), ...(values.removeSignatures ? { removeSignatures: true } : {}),
    ...(values.format === undefined ? {} : { format: values.format }), ...(context.changed("compression-format") ? { compressionFormat: values.compressionFormat } : {}),
    ...(values.compressionLevel === undefined ? {} : { compressionLevel: values.compressionLevel }), ...(context.changed("force-compression") ? { forceCompressionFormat: values.forceCompression } : {}),
  };
  let digest = "";
  try {
    for await (const item of engine.image.push(input, { signal: context.signal })) {
      if (item.manifestdigest !== undefined) digest = item.manifestdigest;
      else printer.item(item);
    }
  } finally { await printer.finish(); }
  if (values.digestfile !== undefined && values.digestfile !== "") await writeFile(values.digestfile, digest, { mode: 0o644 });
}

function encryptionInput({ encryptionKey = [], encryptLayer = [] }: PushValues): { readonly encryptionKeys?: readonly string[]; readonly encryptLayers?: readonly number[] } {
  const encryptLayers = encryptLayer.map((text) => {
    if (!/^[+-]?\d+$/.test(text)) throw usageError(`invalid argument ${JSON.stringify(encryptLayer.join(","))} for "--encrypt-layer" flag: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  });
  return encryptionKey.length === 0 ? {} : { encryptionKeys: encryptionKey, ...(encryptLayers.length === 0 ? {} : { encryptLayers }) };
}
