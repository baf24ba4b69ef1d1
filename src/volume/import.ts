import { closeSync, constants, openSync } from "node:fs";
import type { InputOf, UploadOptions } from "../contract/kit.ts";
import type { importVolume as operation } from "../contract/volume/import.ts";
import type { EngineContext } from "../engine/context.ts";
import { mount } from "./mount.ts";
import { unmount } from "./unmount.ts";

/**
 * Nothing in the archive can leave the volume. Not atomic: a damaged archive leaves what came before the damage.
 * @throws not-found/no-such-volume, data-loss/corrupt-archive
 */
export async function importVolume(context: EngineContext, { ref }: InputOf<typeof operation.input>, { body, signal }: UploadOptions): Promise<void> {
  const directory = await mount(context, { ref });
  try {
    const [{ extractLayer }, { decompressAny }] = await Promise.all([import("../storage/archive/extract.ts"), import("../storage/archive/decompress.ts")]);
    const root = openSync(directory, constants.O_DIRECTORY | constants.O_RDONLY);
    try {
      const { stream } = await decompressAny(body);
      await extractLayer(root, stream, { whiteouts: "keep", ...(signal === undefined ? {} : { signal }) });
    } finally { closeSync(root); }
  } finally { await unmount(context, { ref }); }
}
