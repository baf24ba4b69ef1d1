/** What a check of the store is asked and finds. Sentences are containers/storage's. */
export interface CheckOptions {
  /** Read every layer's content and compare it with its digest and its files. */
  readonly contents: boolean;
  /** Layers that nothing uses are damage when they are older; a pull in progress has some. Default: a day. */
  readonly unreferencedMaxAgeMillis?: number;
}

type Findings = ReadonlyMap<string, readonly string[]>;

/** By id. What is wrong with a layer is wrong with its images, and so with their containers. */
export interface CheckReport {
  readonly layers: Findings;
  readonly readOnlyLayers: Findings;
  readonly images: Findings;
  readonly readOnlyImages: Findings;
  readonly containers: Findings;
  /** Layers that only the driver knows, children first. */
  readonly unaccounted: readonly string[];
}

export const words = {
  unaccounted: "layer in lower level storage driver not accounted for",
  unreferenced: "layer not referenced by any images or containers",
  wrongDigest: "layer content incorrect digest",
  wrongSize: "layer content incorrect size",
  modified: "layer content modified",
  layerData: "layer data item is missing",
  layer: "layer is missing",
  /** Not one of containers/storage's. */
  lowers: "layers below it are not those of its record",
  imageLayer: "image layer is missing",
  imageData: "image data item is missing",
  imageDataDigest: "image data item has incorrect digest",
  imageDataSize: "image data item has incorrect size",
  containerImage: "image missing",
  containerData: "container data item is missing",
  containerDataSize: "container data item has incorrect size",
} as const;

/** Collects sentences by id. */
export class FindingList extends Map<string, string[]> {
  note(id: string, ...found: readonly string[]): void {
    if (found.length > 0) this.set(id, [...this.get(id) ?? [], ...found]);
  }
}
