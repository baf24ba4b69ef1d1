/** `podman manifest push`. */
import { writeFile } from "node:fs/promises";
import { EngineError } from "../../base/errors.ts";
import { progressPrinter } from "../image/progress.ts";
import { registryInput } from "../image/registry-flags.ts";
import { signingInput } from "../image/sign-flags.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { tlsInput } from "./flags.ts";

interface PushValues {
  readonly addCompression: readonly string[]; readonly all: boolean; readonly authfile?: string | undefined; readonly certDir?: string | undefined; readonly compressionFormat?: string | undefined;
  readonly compressionLevel?: number | undefined; readonly creds?: string | undefined; readonly digestfile?: string | undefined; readonly forceCompression: boolean; readonly format?: string | undefined;
  readonly insecure: boolean; readonly purge: boolean; readonly quiet: boolean; readonly removeSignatures: boolean; readonly rm: boolean; readonly tlsVerify: boolean;
  readonly signBy?: string | undefined; readonly signBySigstore?: string | undefined; readonly signBySigstorePrivateKey?: string | undefined; readonly signBySqFingerprint?: string | undefined; readonly signPassphraseFile?: string | undefined;
}

/** Progress on standard error; the digest into a file if wanted. */
export async function pushList(context: CommandContext, [name = "", destination = name]: readonly string[], values: PushValues): Promise<void> {
  if (name === "") throw usageError("invalid image name \"\"");
  if (destination === "") throw usageError("invalid destination \"\"");
  const { authfile, certDir, creds, compressionFormat, compressionLevel, format } = values;
  const signing = await signingInput(context, values);
  const input = {
    name, destination, all: values.all, quiet: values.quiet, ...signing, ...await registryInput(context, { authfile, certDir, creds }), ...tlsInput(context, values),
    ...(context.changed("add-compression") ? { addCompression: values.addCompression } : {}), ...(format === undefined ? {} : { format }), ...(compressionFormat === undefined ? {} : { compressionFormat }),
    ...(compressionLevel === undefined ? {} : { compressionLevel }), ...(context.changed("force-compression") ? { forceCompressionFormat: values.forceCompression } : {}),
    ...(values.removeSignatures ? { removeSignatures: true } : {}),
  };
  const engine = await context.engine();
  const printer = progressPrinter(context.err, values.quiet);
  let digest = "";
  try {
    for await (const { Id, ...item } of engine.manifest.push(input, { signal: context.signal })) {
      if (Id !== undefined && Id !== "") digest = Id;
      else printer.item(item);
    }
  } finally { await printer.finish(); }
  if (values.rm || values.purge) await removeAfterPush(engine, name);
  if (values.digestfile !== undefined && values.digestfile !== "") await writeFile(values.digestfile, digest, { mode: 0o644 });
}

async function removeAfterPush({ image }: Awaited<ReturnType<CommandContext["engine"]>>, name: string): Promise<void> {
  const { Errors: [failure] = [] } = await image.remove({ images: [name], lookupManifest: true });
  if (failure !== undefined) throw new EngineError("internal", `removing manifest after push: ${failure}`);
}
