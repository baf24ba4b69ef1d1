/** Unpacks a layer and records what `layers.json` and tar-split keep of it, in one pass over the stream. */
import { closeSync, openSync, constants } from "node:fs";
import { EngineError } from "../../base/errors.ts";
import type { TarEntry } from "../../formats/tar/types.ts";
import { TarSplitRecorder } from "../../formats/tarsplit/record.ts";
import { extractLayer, type LayerObserver } from "./extract.ts";
import { splitPath } from "./paths.ts";
import type { AppliedLayer, ApplyLayerRequest } from "./types.ts";
import { isWhiteoutName } from "./whiteout.ts";

/**
 * Unpacks `diff` into `directory`, digests it, and makes the tar-split data from which `assembleDiff` gives the same bytes
 * again. Not atomic: on an error the directory holds a part, and the store removes the layer (it is marked incomplete until
 * this has returned). Nothing is synced here. Temporary memory: the tar-split data, about 100 bytes per entry.
 * @throws data-loss/corrupt-archive, resource-exhausted, invalid-argument (owner without mapping), and the stream's own errors
 */
export async function applyLayer(request: ApplyLayerRequest): Promise<AppliedLayer> {
  const rootFd = openSync(request.directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const record = new LayerRecord();
  try {
    const { sizeBytes } = await extractLayer(rootFd, request.diff, request, record);
    return { diffDigest: record.digest(), diffSizeBytes: sizeBytes, tarSplitGz: await record.tarSplit.finish(), uids: sorted(record.uids), gids: sorted(record.gids) };
  } finally {
    record.tarSplit.discard();
    closeSync(rootFd);
  }
}

const sorted = (ids: ReadonlySet<number>): number[] => [...ids].sort((a, b) => a - b);

class LayerRecord implements LayerObserver {
  readonly tarSplit = new TarSplitRecorder();
  readonly uids = new Set<number>();
  readonly gids = new Set<number>();
  private readonly hash = new Bun.CryptoHasher("sha256");

  digest(): string { return `sha256:${this.hash.digest("hex")}`; }
  chunk(bytes: Uint8Array): void { this.hash.update(bytes); }
  raw(bytes: Uint8Array): void { this.tarSplit.raw(bytes); }
  data(bytes: Uint8Array): void { this.tarSplit.content(bytes); }
  endEntry(): void { this.tarSplit.end(); }

  entry(entry: TarEntry, cleanName: string, keptOnDisk: boolean): void {
    // Sparse files read back with their holes filled, unlike what the archive stores; so the archive's bytes are kept.
    this.tarSplit.begin(entry.rawName, cleanName, keptOnDisk && entry.sparse === undefined);
    if (isWhiteoutName(splitPath(cleanName)[1])) return;
    this.uids.add(entry.uid);
    this.gids.add(entry.gid);
  }

  async settle(): Promise<void> {
    if (this.tarSplit.outputBytes > maxTarSplitBytes) throw new EngineError("resource-exhausted", "layer has too much besides files");
    await this.tarSplit.settle();
  }
}

/** Compressed tar-split data held in memory: headers of millions of files. More is filler, made to exhaust us. */
const maxTarSplitBytes = 512 << 20;
