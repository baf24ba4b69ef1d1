/** Every layer: its data, its content's digest, its files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import { bigDataFile } from "../image/big-data.ts";
import { diffLayer } from "../layer/diff.ts";
import type { StoreParts } from "../parts.ts";
import { toIdMaps, type LayerRecord } from "../records/types.ts";
import { differences, entriesOf, merged, type Entries } from "./content.ts";
import { words, type FindingList } from "./types.ts";

export interface LayerCheck {
  readonly parts: StoreParts;
  readonly contents: boolean;
  readonly byId: ReadonlyMap<string, LayerRecord>;
  /** Archives' members of the layers that were read whole; for a driver whose trees hold the parents' files. */
  readonly entries: Map<string, Entries>;
}

/** Parents come before children: what they hold is known then. */
export async function checkLayer(check: LayerCheck, record: LayerRecord, readOnly: boolean, found: FindingList): Promise<void> {
  const { id } = record;
  const prefix = `${readOnly ? "read-only " : ""}layer ${id}`;
  if (!readOnly) found.note(id, ...missingData(check.parts, record).map((name) => `${prefix}: data item ${JSON.stringify(name)}: ${words.layerData}`));
  if (record.parent !== undefined && record.parent !== "" && !check.byId.has(record.parent)) found.note(id, `layer ${record.parent}: ${words.layer}`);
  if (!check.parts.driver.exists(id)) { found.note(id, `${prefix}: its directory is missing`); return; }
  found.note(id, ...wrongLowers(check, record).map((sentence) => `${prefix}: ${sentence}`));
  const digest = record["diff-digest"];
  if (!check.contents || digest === undefined) return;
  let entries: Entries;
  try {
    const meter = new DigestMeter();
    entries = await entriesOf(meter.through(diffLayer(check.parts, id, undefined)));
    const wrong = meter.compare(digest, record["diff-size"]);
    found.note(id, ...wrong.map((sentence) => `${prefix}: ${sentence}`));
    if (wrong.length > 0) return;
  } catch (error) { found.note(id, `${prefix}: ${messageOf(error)}`); return; }
  check.entries.set(id, entries);
  if (!readOnly) found.note(id, ...filesOf(check, record, entries).map((difference) => `${prefix}: ${difference}, ${words.modified}`));
}

function missingData({ paths }: StoreParts, { id, "big-data-names": names = [] }: LayerRecord): readonly string[] {
  return names.filter((name) => !existsSync(join(paths.layers, id, bigDataFile(name))));
}

/** A layer with other layers below it than its record says looks whole and lacks files. A copy for other owners stands on its original, then on that one's parents. */
function wrongLowers({ parts, byId }: LayerCheck, record: LayerRecord): readonly string[] {
  if (parts.driver.lowersOf === undefined) return [];
  const expected: string[] = [];
  for (let next = byId.get(record.parent ?? ""); next !== undefined && expected.length <= byId.size; next = byId.get(next.parent ?? "")) expected.push(next.id);
  try {
    const below = parts.driver.lowersOf(record.id);
    return below.slice(Math.max(0, below.length - expected.length)).join() === expected.join() ? [] : [words.lowers];
  } catch (error) { return [messageOf(error)]; }
}

function filesOf(check: LayerCheck, record: LayerRecord, own: Entries): readonly string[] {
  const { driver } = check.parts;
  const overlay = driver.whiteouts === "overlay";
  const expected = overlay ? own : wholeTree(check, record);
  if (expected === undefined) return [];
  try {
    return differences({
      directory: driver.contentDirectory(record.id), expected, overlay, maps: { uidMaps: toIdMaps(record.uidmap), gidMaps: toIdMaps(record.gidmap) },
      ignoreOwners: driver.ignoreChownErrors || driver.forceMask !== undefined, ignoreModes: driver.forceMask !== undefined,
    });
  } catch (error) { return [`cannot be read: ${messageOf(error)}`]; }
}

/** undefined when a layer below could not be read. */
function wholeTree({ byId, entries }: LayerCheck, record: LayerRecord): Entries | undefined {
  const stack: Entries[] = [];
  for (let next: LayerRecord | undefined = record; next !== undefined; next = byId.get(next.parent ?? "")) {
    const own = entries.get(next.id);
    if (own === undefined || stack.length > byId.size) return undefined;
    stack.unshift(own);
  }
  return merged(stack);
}

class DigestMeter {
  readonly #hash = new Bun.CryptoHasher("sha256");
  #size = 0;

  async *through(data: ByteStream): ByteStream & AsyncGenerator<Uint8Array> {
    for await (const chunk of data) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
      yield chunk;
    }
  }

  compare(digest: string, size: number | undefined): readonly string[] {
    const is = `sha256:${this.#hash.digest("hex")}`;
    if (digest.startsWith("sha256:") && is !== digest) return [words.wrongDigest];
    return size !== undefined && size >= 0 && size !== this.#size ? [`read ${this.#size} bytes instead of ${size} bytes: ${words.wrongSize}`] : [];
  }
}
