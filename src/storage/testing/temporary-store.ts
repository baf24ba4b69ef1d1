/** Stores in a directory of their own for tests, and layers and images made on the spot. */
import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { ByteStream } from "../../contract/kit.ts";
import { encodeTarHeader, tarPadding, tarTrailer } from "../../formats/tar/encode.ts";
import { openStore } from "../open.ts";
import type { StoreOptions } from "../paths.ts";
import type { Store, StoreImage } from "../store.ts";
import { removeTree } from "../tempdir/remove.ts";

export interface TemporaryStore extends AsyncDisposable {
  readonly root: string;
  readonly options: StoreOptions;
  readonly store: Store;
  /** Opens the same directories again, as another process would. */
  reopen(): Promise<Store>;
}

/** Overlay needs a real file system: below /var/tmp. Disposing unmounts and removes everything. */
export async function temporaryStore(change: Partial<StoreOptions> = {}): Promise<TemporaryStore> {
  const root = mkdtempSync("/var/tmp/store-test-");
  const options: StoreOptions = { driver: "overlay", graphRoot: join(root, "graph"), runRoot: join(root, "run"), additionalImageStores: [], options: {}, transient: false, ...change };
  const reopen = (): Promise<Store> => openStore({ storage: options, rootless: false });
  return { root, options, reopen, store: await reopen(), [Symbol.asyncDispose]: () => removeTree(root) };
}

/** File name → content; a name with a slash at its end is a directory; `null` is a whiteout; `->x` a symbolic link to x. */
export type Tree = Readonly<Record<string, string | null>>;

/** A tar archive of `tree`, with the directories above its files. */
export function tarOf(tree: Tree): Uint8Array {
  const parts: Uint8Array[] = [];
  const folders = new Set<string>();
  for (const [name, content] of Object.entries(tree)) {
    const names = name.split("/").filter((part) => part !== "");
    const depth = name.endsWith("/") ? names.length : names.length - 1;
    for (let count = 1; count <= depth; count++) {
      const folder = `${names.slice(0, count).join("/")}/`;
      if (folders.has(folder)) continue;
      folders.add(folder);
      parts.push(encodeTarHeader({ type: "directory", name: folder, mode: 0o755, mtimeNanos }));
    }
    if (!name.endsWith("/")) parts.push(...fileEntry(names, content));
  }
  return Buffer.concat([...parts, tarTrailer()]);
}
const mtimeNanos = 1_700_000_000_000_000_000n;

function fileEntry(names: readonly string[], content: string | null): readonly Uint8Array[] {
  if (content === null) return [encodeTarHeader({ type: "file", name: [...names.slice(0, -1), `.wh.${names.at(-1)}`].join("/"), mode: 0o644, mtimeNanos })];
  const name = names.join("/");
  if (content.startsWith("->")) return [encodeTarHeader({ type: "symlink", name, linkName: content.slice(2), mode: 0o777, mtimeNanos })];
  const bytes = Buffer.from(content);
  return [encodeTarHeader({ type: "file", name, mode: 0o644, sizeBytes: bytes.length, mtimeNanos }), bytes, tarPadding(bytes.length)];
}

export async function* streamOf(bytes: Uint8Array): ByteStream { yield bytes; }
export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** An OCI image of the trees, lowest first, as a pull leaves it. */
export async function addImage(store: Store, name: string, trees: readonly Tree[]): Promise<StoreImage> {
  const diffs: { readonly digest: string; readonly size: number }[] = [];
  let parent: string | undefined;
  for (const tree of trees) {
    const tar = tarOf(tree);
    const digest = `sha256:${sha256(tar)}`;
    const id: string = parent === undefined ? sha256(tar) : sha256(`${parent}+${sha256(tar)}`);
    await store.putLayer({ id, diff: streamOf(tar), expectedDiffDigest: digest, ...(parent === undefined ? {} : { parent }) });
    diffs.push({ digest, size: tar.length });
    parent = id;
  }
  const config = Buffer.from(JSON.stringify({
    created: "2024-01-02T03:04:05Z", architecture: process.arch === "arm64" ? "arm64" : "amd64", os: "linux", config: { Cmd: ["/bin/true"] },
    rootfs: { type: "layers", diff_ids: diffs.map(({ digest }) => digest) }, history: diffs.map(() => ({ created: "2024-01-02T03:04:05Z", created_by: "test" })),
  }));
  const manifest = Buffer.from(JSON.stringify({
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: `sha256:${sha256(config)}`, size: config.length },
    layers: diffs.map(({ digest, size }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size })),
  }));
  return store.createImage({
    id: sha256(config), names: [name], created: "2024-01-02T03:04:05Z", digest: `sha256:${sha256(manifest)}`, metadata: "{}",
    ...(parent === undefined ? {} : { topLayer: parent }),
    bigData: { [`sha256:${sha256(config)}`]: config, [`manifest-sha256:${sha256(manifest)}`]: manifest, manifest },
  });
}
