/** Searching a registry: Docker Hub's old search address where there is one, else the catalogue of repositories. */
import { EngineError, within } from "../../base/errors.ts";
import { readAll } from "../verify.ts";
import { nextPage, type RegistryClient } from "./client.ts";
import { failureOf } from "./failures.ts";

export interface FoundRepository { readonly name: string; readonly description: string; readonly stars: number; readonly official: boolean; readonly automated: boolean }

const maxPageBytes = 8 * 1024 * 1024;
/** Pages of a catalogue that are looked through. */
const maxPages = 1000;

/** At most `limit` repositories with `term` in their name; a full match comes first. @throws `couldn't search registry "…"` */
export async function searchRegistry(client: RegistryClient, term: string, limit: number, signal?: AbortSignal): Promise<readonly FoundRepository[]> {
  const options = signal === undefined ? {} : { signal };
  try {
    const old = term === "" ? undefined : await oldSearch(client, term, limit, options);
    return old ?? await catalogue(client, term, limit, options);
  } catch (error) { throw within(`couldn't search registry ${JSON.stringify(client.registry)}`, error); }
}

type Options = { readonly signal?: AbortSignal };

/** undefined where the registry has no such address. */
async function oldSearch(client: RegistryClient, term: string, limit: number, options: Options): Promise<readonly FoundRepository[] | undefined> {
  const response = await client.request({ method: "GET", path: `/v1/search?n=${limit}&q=${encodeURIComponent(term)}`, anonymous: true, ...options });
  if (response.status !== 200 || response.body === null) { await response.body?.cancel(); return undefined; }
  const results = listAt(await readJson(response.body), "results");
  return results.map((result) => ({ name: textAt(result, "name"), description: textAt(result, "description"), stars: Number(fieldAt(result, "star_count") ?? 0), official: fieldAt(result, "is_official") === true, automated: fieldAt(result, "is_automated") === true }));
}

async function catalogue(client: RegistryClient, term: string, limit: number, options: Options): Promise<readonly FoundRepository[]> {
  const found: FoundRepository[] = [];
  let path: string | undefined = "/v2/_catalog";
  for (let page = 0; path !== undefined && found.length < limit; page++) {
    if (page === maxPages) throw new EngineError("resource-exhausted", `the catalogue has more than ${maxPages} pages`);
    const response: Response = await client.request({ method: "GET", path, ...options });
    if (response.status !== 200 || response.body === null) throw await failureOf(response, "");
    for (const name of listAt(await readJson(response.body), "repositories")) {
      if (typeof name !== "string" || !name.includes(term) || found.length === limit) continue;
      const result = { name, description: "", stars: 0, official: false, automated: false };
      if (name === term) found.unshift(result); else found.push(result);
    }
    path = nextPage(response.headers.get("link"));
  }
  return found;
}

async function readJson(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const bytes = await readAll(body, maxPageBytes, "search answer");
  try { return JSON.parse(new TextDecoder().decode(bytes)); } catch (cause) { throw new EngineError("failed-precondition", "the answer is not JSON", { cause }); }
}
function fieldAt(value: unknown, name: string): unknown { return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined; }
function listAt(value: unknown, name: string): readonly unknown[] { const list = fieldAt(value, name); return Array.isArray(list) ? list : []; }
function textAt(value: unknown, name: string): string { const text = fieldAt(value, name); return typeof text === "string" ? text : ""; }
