/** One row of `podman images`: an image under one of its names. What templates may name is a compatibility surface. */
import type { ListImage } from "../../contract/types/image-reports.ts";
import { humanDuration, humanSize } from "../../formats/go/human.ts";

export class ImageRow {
  readonly image: ListImage;
  readonly Repository: string;
  readonly Tag: string;
  readonly #isWhole: boolean;
  readonly #now: number;

  constructor(image: ListImage, name: { readonly repository: string; readonly tag: string }, isWhole: boolean, now: number) {
    this.image = image;
    this.Repository = name.repository;
    this.Tag = name.tag;
    this.#isWhole = isWhole;
    this.#now = now;
  }

  get ID(): string { return this.#isWhole ? `sha256:${this.image.Id}` : this.image.Id.slice(0, 12); }
  get Id(): string { return this.image.Id; }
  get ParentId(): string { return this.image.ParentId; }
  get RepoTags(): readonly string[] { return this.image.RepoTags ?? []; }
  get RepoDigests(): readonly string[] { return this.image.RepoDigests; }
  get Created(): string { return `${humanDuration(this.#now - this.image.Created * 1000)} ago`; }
  get CreatedSince(): string { return this.Created; }
  get CreatedAt(): string { return new Date(this.image.Created * 1000).toISOString().replace("T", " ").replace(/\.\d+Z$/, " +0000 UTC"); }
  get CreatedTime(): string { return this.CreatedAt; }
  /** `19.8 MB`: the number and its unit, apart. */
  get Size(): string { return humanSize(this.image.Size, 3).replace(/^([0-9.]+)/, "$1 "); }
  get VirtualSize(): number { return this.image.VirtualSize; }
  get SharedSize(): number { return this.image.SharedSize; }
  get Labels(): Readonly<Record<string, string>> { return this.image.Labels ?? {}; }
  get Containers(): number { return this.image.Containers; }
  get ReadOnly(): boolean { return this.image.ReadOnly === true; }
  get Dangling(): boolean { return this.image.Dangling === true; }
  get Digest(): string { return this.image.Digest ?? ""; }
  get History(): string { return (this.image.History ?? []).join(", "); }
  get Names(): readonly string[] { return this.image.Names ?? []; }
  get Arch(): string { return this.image.Arch ?? ""; }
  get Os(): string { return this.image.Os ?? ""; }
}

/** One row per tagged name; without any, one row for the first name or for none. */
export function imageRows(images: readonly ListImage[], isWhole: boolean, now = Date.now()): readonly ImageRow[] {
  return images.flatMap((image) => {
    const names = (image.RepoTags ?? image.Names ?? []).map(splitName);
    const tagged = names.filter(({ tag }) => tag !== "<none>");
    const shown = tagged.length > 0 ? tagged : [names[0] ?? { repository: "<none>", tag: "<none>" }];
    return shown.map((name) => new ImageRow(image, name, isWhole, now));
  });
}

function splitName(name: string): { readonly repository: string; readonly tag: string } {
  const at = name.indexOf("@");
  const plain = at < 0 ? name : name.slice(0, at);
  const colon = plain.lastIndexOf(":");
  const hasTag = colon > plain.lastIndexOf("/");
  return { repository: hasTag ? plain.slice(0, colon) : plain, tag: hasTag ? plain.slice(colon + 1) : "<none>" };
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const orders: Readonly<Record<string, (a: ImageRow, b: ImageRow) => number>> = {
  created: (a, b) => b.image.Created - a.image.Created,
  id: (a, b) => text(a.ID, b.ID),
  repository: (a, b) => text(a.Repository, b.Repository) || text(a.Tag, b.Tag),
  size: (a, b) => a.image.Size - b.image.Size,
  tag: (a, b) => text(a.Tag, b.Tag),
};
export function sortRows(rows: readonly ImageRow[], order: string): readonly ImageRow[] { return rows.toSorted(orders[order] ?? (() => 0)); }

/** What `--format json` prints of a row: Podman's fields in its order; the tags stay in `Names`. */
export function jsonOfRow({ image }: ImageRow): object {
  const { Id, ParentId, RepoDigests, Size, SharedSize, VirtualSize, Labels, Containers, ReadOnly, Dangling, Digest, History, Names, Created } = image;
  return {
    Id, ParentId, RepoTags: null, RepoDigests, Size, SharedSize, VirtualSize, Labels, Containers, ...(ReadOnly === true ? { ReadOnly } : {}), ...(Dangling === true ? { Dangling } : {}),
    ...(Digest === undefined ? {} : { Digest }), ...(History === undefined ? {} : { History }), ...(Names === undefined ? {} : { Names }),
    Created, CreatedAt: new Date(Created * 1000).toISOString().replace(/\.000Z$/, "Z"),
  };
}
