/** `--uidmap` and `--gidmap` (podman-run(1)): `[flags]inside:[@]outside[:size]`. Pure. */
import { EngineError } from "../../base/errors.ts";
import type { IdMap } from "../../contract/types/container-create.ts";

export interface IdMapWorld {
  readonly kind: "UID" | "GID";
  /** The namespace we are in, as the kernel lists it: `containerId` here, `hostId` in the namespace above. */
  readonly parent: readonly IdMap[];
  /** A map that begins with `+` is filled up with every id that the user has. */
  readonly rootless: boolean;
}
/** Half open. */
export interface Range { readonly from: number; readonly to: number }

/** More pieces the kernel does not take (user_namespaces(7): 340 lines). */
const maxPieces = 340;
const maxId = 0xffff_ffff;

/** @throws invalid-argument */
export function parseIdMaps(texts: readonly string[], world: IdMapWorld): IdMap[] {
  let maps: IdMap[] = [];
  let isOpen = false;
  for (const text of texts.filter((one) => one !== "")) {
    for (const [inside = "", outside = "", size = ""] of triples(text, texts, world.kind)) {
      const flags = /^[^0-9]*/.exec(inside)?.[0] ?? "";
      checkFlags(flags, inside);
      if (!appliesTo(flags, world.kind)) continue;
      for (const piece of toPieces(inside.slice(flags.length), outside, size, world)) {
        if (flags.includes("+") && maps.length === 0 && world.rootless) isOpen = true;
        maps = [...flags.includes("+") ? without(maps, piece) : maps, piece];
      }
      if (maps.length > maxPieces) throw malformed(texts, world.kind);
    }
  }
  return merge(isOpen ? fillIdMaps(maps, world.parent) : maps);
}

/** One of `--userns=auto:uidmapping=`: no flags. @throws invalid-argument */
export function parseAutoIdMap(text: string, world: IdMapWorld): IdMap[] {
  const [inside = "", outside = "", size = "1", ...rest] = text.split(":");
  if (rest.length > 0 || !text.includes(":")) throw new EngineError("invalid-argument", `initializing ID mappings: ${world.kind} setting is malformed expected ["uint32:[@]uint32[:uint32]"] : "${text}"`);
  return merge(toPieces(inside, outside, size, world));
}

/** Gives the free ids inside, lowest first, every id of the namespace above that `maps` does not use. */
export function fillIdMaps(maps: readonly IdMap[], parent: readonly IdMap[]): IdMap[] {
  const given = merge(maps);
  const available = parent.flatMap(({ containerId, size }) => subtract([{ from: containerId, to: containerId + size }], given.map(({ hostId, size: used }) => ({ from: hostId, to: hostId + used }))));
  const free = subtract([{ from: 0, to: maxId }], given.map(({ containerId, size }) => ({ from: containerId, to: containerId + size })));
  return merge([...given, ...zip(free, available)]);
}

/** Pairs ids of both lists in order until either ends. */
export function zip(inside: readonly Range[], outside: readonly Range[]): IdMap[] {
  const result: IdMap[] = [];
  const [left, right] = [inside.map((range) => ({ ...range })), outside.map((range) => ({ ...range }))];
  for (let [a, b] = [left.shift(), right.shift()]; a !== undefined && b !== undefined;) {
    const size = Math.min(a.to - a.from, b.to - b.from);
    if (size > 0) result.push({ containerId: a.from, hostId: b.from, size });
    a = a.to - a.from > size ? { from: a.from + size, to: a.to } : left.shift();
    b = b.to - b.from > size ? { from: b.from + size, to: b.to } : right.shift();
  }
  return result;
}

/** What is left of `ranges` without `holes`. */
export function subtract(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  let left = [...ranges];
  for (const hole of holes) {
    left = left.flatMap((range) => hole.to <= range.from || range.to <= hole.from ? [range]
      : [{ from: range.from, to: hole.from }, { from: hole.to, to: range.to }].filter(({ from, to }) => from < to));
  }
  return left;
}

/** Sorted by the id inside; neighbours become one. */
export function merge(maps: readonly IdMap[]): IdMap[] {
  const result: IdMap[] = [];
  for (const map of maps.toSorted((a, b) => a.containerId - b.containerId)) {
    const last = result.at(-1);
    if (last !== undefined && last.containerId + last.size === map.containerId && last.hostId + last.size === map.hostId) result[result.length - 1] = { ...last, size: last.size + map.size };
    else result.push(map);
  }
  return result;
}

/** `maps` without the ids of `piece`, inside and outside: each id may be there once. */
function without(maps: readonly IdMap[], piece: IdMap): IdMap[] {
  return maps.flatMap(({ containerId, hostId, size }) => {
    const holes = [piece.containerId - containerId, piece.hostId - hostId].map((from) => ({ from, to: from + piece.size }));
    return subtract([{ from: 0, to: size }], holes).map(({ from, to }) => ({ containerId: containerId + from, hostId: hostId + from, size: to - from }));
  });
}

function triples(text: string, all: readonly string[], kind: string): string[][] {
  const words = text.split(":");
  if (words.length === 2) words.push("1");
  if (words.length % 3 !== 0 || words.some((word, index) => index % 3 === 0 && word === "")) throw malformed(all, kind);
  return Array.from({ length: words.length / 3 }, (_, index) => words.slice(index * 3, index * 3 + 3));
}

function checkFlags(flags: string, word: string): void {
  const unknown = /[^+ug]/.exec(flags)?.[0];
  if (unknown !== undefined) throw new EngineError("invalid-argument", `invalid mapping: ${word}. Unknown flag ${unknown}`);
}
const appliesTo = (flags: string, kind: "UID" | "GID"): boolean => !/[ug]/.test(flags) || flags.includes(kind === "UID" ? "u" : "g");

function toPieces(inside: string, outside: string, sizeText: string, { kind, parent }: IdMapWorld): IdMap[] {
  const isOfParent = outside.startsWith("@");
  const [containerId, id, size] = [toId(inside), toId(isOfParent ? outside.slice(1) : outside), toId(sizeText)];
  if (size === 0) return [];
  if (!isOfParent) return [{ containerId, hostId: id, size }];
  const pieces = parent.flatMap((map) => {
    const [from, to] = [Math.max(id, map.hostId), Math.min(id + size, map.hostId + map.size)];
    return from < to ? [{ containerId: containerId + from - id, hostId: map.containerId + from - map.hostId, size: to - from }] : [];
  });
  if (pieces.reduce((sum, piece) => sum + piece.size, 0) < size) {
    const missing = subtract([{ from: id, to: id + size }], parent.map((map) => ({ from: map.hostId, to: map.hostId + map.size })))[0]?.from ?? id;
    throw new EngineError("invalid-argument", `parent ID ${kind} ${missing} is not mapped/delegated`);
  }
  return pieces;
}

function toId(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new EngineError("invalid-argument", `parsing id map value ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (value > maxId) throw new EngineError("invalid-argument", `parsing id map value ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

function malformed(texts: readonly string[], kind: string): EngineError {
  return new EngineError("invalid-argument", `initializing ID mappings: ${kind} setting is malformed expected ["[+ug]uint32:[@]uint32[:uint32]"] : [${texts.map((text) => JSON.stringify(text)).join(" ")}]`);
}
