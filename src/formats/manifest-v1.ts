/**
 * Docker's first manifest (image manifest version 2, schema 1; signed or not), to read: registries that were filled before 2016
 * still hold it. It names layers by their compressed digests and carries each layer's history as JSON in JSON; the configuration
 * of schema 2 is made of that as containers/image does it, so that an image has the same id with either program.
 */
import { EngineError } from "../base/errors.ts";
import { parseDigest } from "./digest.ts";
import { goJson } from "./manifest-write.ts";

export const signedSchema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
export const schema1Types: readonly string[] = ["application/vnd.docker.distribution.manifest.v1+json", signedSchema1];
/** As many as any manifest may have. */
const maxLayers = 4096;

type Json = Readonly<Record<string, unknown>>;

/** One layer, bottom first. `isEmpty`: it changed the configuration only, and its blob is not a part of the image. */
export interface Schema1Layer { readonly digest: string; readonly isEmpty: boolean }
export interface Schema1 { readonly layers: readonly Schema1Layer[]; readonly history: readonly Json[]; readonly top: string }

/** The signed text; all of it when it is not signed. What a digest of such a manifest means. @throws invalid-argument */
export function schema1Payload(bytes: Uint8Array): Uint8Array {
  const signatures = parse(text(bytes), "manifest")["signatures"];
  const signature: unknown = Array.isArray(signatures) ? signatures[0] : undefined;
  if (signature === undefined) return bytes;
  const encoded = typeof signature === "object" && signature !== null ? Reflect.get(signature, "protected") : undefined;
  if (typeof encoded !== "string") throw bad("a signature has no protected part");
  const { formatLength, formatTail } = parse(Buffer.from(encoded, "base64url").toString(), "signature");
  if (typeof formatLength !== "number" || !Number.isSafeInteger(formatLength) || formatLength < 0 || formatLength > bytes.length || typeof formatTail !== "string") throw bad("a signature covers more than there is");
  return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, "base64url")]);
}

/** @throws invalid-argument */
export function parseSchema1(bytes: Uint8Array): Schema1 {
  const document = parse(text(schema1Payload(bytes)), "manifest");
  const { fsLayers, history } = document;
  if (document["schemaVersion"] !== 1 || !Array.isArray(fsLayers) || !Array.isArray(history)) throw bad("not of version 1");
  for (const name of ["config", "layers", "manifests"]) if (document[name] !== undefined) throw bad(`unexpected field "${name}"`);
  if (fsLayers.length === 0 || fsLayers.length > maxLayers || fsLayers.length !== history.length) throw bad(`length of history (${history.length}) does not fit the number of layers (${fsLayers.length})`);
  const texts = history.map((item: unknown) => { const value = field(item, "v1Compatibility"); if (typeof value !== "string") throw bad("history without v1Compatibility"); return value; });
  const all = texts.map((value, index) => ({ text: value, history: parse(value, "v1Compatibility"), digest: digestAt(fsLayers, index) }));
  // Builders once wrote a layer twice.
  const kept = all.filter(({ history: { id } }, index) => index === 0 || id === undefined || id !== all[index - 1]?.history["id"]).toReversed();
  return { top: texts[0] ?? "", history: kept.map((item) => item.history), layers: kept.map((item) => ({ digest: item.digest, isEmpty: item.history["throwaway"] === true })) };
}

function digestAt(layers: readonly unknown[], index: number): string {
  const digest = field(layers[index], "blobSum");
  if (typeof digest !== "string") throw bad("a layer without digest");
  parseDigest(digest);
  return digest;
}

const dropped = new Set(["id", "parent", "parent_id", "layer_id", "throwaway", "Size"]);

/** The configuration of schema 2. `diffIds`: of the layers that are not empty. */
export function schema2Config({ top, history }: Schema1, diffIds: readonly string[]): Uint8Array {
  const own = Object.entries(parse(top, "v1Compatibility")).filter(([name]) => !dropped.has(name));
  const document: Record<string, unknown> = { ...Object.fromEntries(own), rootfs: { type: "layers", diff_ids: diffIds }, history: history.map(historyItem) };
  return Buffer.from(goJson(Object.fromEntries(Object.entries(document).toSorted(([a], [b]) => (a < b ? -1 : 1)))));
}

function historyItem(item: Json): object {
  const containerConfig = item["container_config"];
  const command = field(containerConfig, "Cmd");
  const words = (name: string, value: unknown): object => (typeof value === "string" && value !== "" ? { [name]: value } : {});
  return {
    created: typeof item["created"] === "string" ? item["created"] : "0001-01-01T00:00:00Z", ...words("author", item["author"]),
    ...words("created_by", Array.isArray(command) ? command.filter((part) => typeof part === "string").join(" ") : ""), ...words("comment", item["comment"]),
    ...(item["throwaway"] === true ? { empty_layer: true } : {}),
  };
}

function text(bytes: Uint8Array): string { return new TextDecoder().decode(bytes); }
function field(value: unknown, name: string): unknown { return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined; }
function parse(value: string, what: string): Json {
  let document: unknown;
  try { document = JSON.parse(value); } catch (error) { throw bad(`${what} is not JSON`, error); }
  if (typeof document !== "object" || document === null || Array.isArray(document)) throw bad(`${what} is not an object`);
  return document as Json;
}
function bad(why: string, cause?: unknown): EngineError { return new EngineError("invalid-argument", `manifest schema 1: ${why}`, { cause }); }
