/** `podman artifact pull` and `push`. */
import { writeFile } from "node:fs/promises";
import { progressPrinter } from "../image/progress.ts";
import { registryInput, type RegistryValues } from "../image/registry-flags.ts";
import type { CommandContext } from "../kit/types.ts";

interface PullValues extends RegistryValues { readonly quiet: boolean; readonly decryptionKey?: readonly string[] | undefined }
interface PushValues extends PullValues {
  readonly digestfile?: string | undefined;
  readonly signBy?: string | undefined; readonly signBySigstore?: string | undefined; readonly signBySigstorePrivateKey?: string | undefined; readonly signBySqFingerprint?: string | undefined; readonly signPassphraseFile?: string | undefined;
}

/** Progress goes to standard output, as Podman's does. */
export async function pullArtifact(context: CommandContext, name: string, values: PullValues): Promise<void> {
  const printer = progressPrinter(context.out, values.quiet);
  const { artifact } = await context.engine();
  try { await artifact.pull({ name, ...(values.decryptionKey === undefined ? {} : { decryptionKeys: values.decryptionKey }), ...await registryInput(context, values) }, { signal: context.signal, onProgress: printer.onProgress }); } finally { await printer.finish(); }
}

export async function pushArtifact(context: CommandContext, name: string, values: PushValues): Promise<void> {
  const { signingInput } = await import("../image/sign-flags.ts");
  const signing = await signingInput(context, values);
  const printer = progressPrinter(context.err, values.quiet);
  const { artifact } = await context.engine();
  try {
    const { ArtifactDigest } = await artifact.push({ name, ...signing, ...await registryInput(context, values) }, { signal: context.signal, onProgress: printer.onProgress });
    if (values.digestfile !== undefined && values.digestfile !== "") await writeFile(values.digestfile, ArtifactDigest, { mode: 0o644 });
  } finally { await printer.finish(); }
}
