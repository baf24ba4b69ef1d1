import { EngineError, messageOf, within } from "../base/errors.ts";
import type { CallOptions, Filters, InputOf } from "../contract/kit.ts";
import type { search as operation } from "../contract/image/search.ts";
import type { SearchResult } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { nameOf, parseNormalized, trimReference } from "../formats/reference.ts";
import { RegistryClient } from "../transports/docker/client.ts";
import { searchRegistry, type FoundRepository } from "../transports/docker/search.ts";
import { accessOf, registriesOf } from "./access.ts";

type SearchInput = InputOf<typeof operation.input>;
const defaultLimit = 25;

/** Registries are asked at the same time; what one cannot answer counts only when nobody found anything. */
export async function search(context: EngineContext, input: SearchInput, { signal }: CallOptions = {}): Promise<readonly SearchResult[]> {
  const matches = compileFilters(input.filters ?? {});
  const slash = input.term.indexOf("/");
  const registries = slash >= 0 ? [input.term.slice(0, slash)] : registriesOf(context).searchRegistries;
  const term = slash >= 0 ? input.term.slice(slash + 1) : input.term;
  const access = accessOf(context, input);
  const outcomes = await Promise.allSettled(registries.map((registry) => (input.listTags === true ? tagsIn : repositoriesIn)({ context, access, input, registry, term, matches, signal })));
  const results = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (results.length > 0 || failures.length === 0) return results;
  const [first] = failures;
  if (failures.length === 1) throw first;
  throw new EngineError("unavailable", `${failures.length} errors occurred:\n${failures.map((failure) => `\t* ${messageOf(failure)}\n`).join("")}`);
}

interface OneSearch {
  readonly context: EngineContext; readonly access: ReturnType<typeof accessOf>; readonly input: SearchInput; readonly registry: string; readonly term: string;
  readonly matches: (found: FoundRepository) => boolean; readonly signal: AbortSignal | undefined;
}

async function repositoriesIn({ context, access, input, registry, term, matches, signal }: OneSearch): Promise<readonly SearchResult[]> {
  const limit = input.limit === undefined || input.limit <= 0 ? defaultLimit : input.limit;
  // Docker Hub searches at another address, and does not know its own `library/`.
  const isHub = registry === "docker.io";
  const client = new RegistryClient({ registry: isHub ? "index.docker.io" : registry, path: "", access, actions: "pull", env: context.env });
  const found = await searchRegistry(client, isHub ? term.replace(/^library\//, "") : term, limit, signal);
  return found.slice(0, limit).filter(matches).map(({ name, description, stars, official, automated }) => ({
    Index: registry, Name: isHub && !name.includes("/") ? `docker.io/library/${name}` : `${registry}/${name}`, Description: description.replaceAll("\n", " "), Stars: stars,
    Official: official ? "[OK]" : "", Automated: automated ? "[OK]" : "", Tag: "",
  }));
}

async function tagsIn({ context, access, input, registry, term, signal }: OneSearch): Promise<readonly SearchResult[]> {
  const reference = trimReference(parseNormalized(`${registry}/${term}`));
  const client = new RegistryClient({ registry: reference.domain, path: reference.path, access, actions: "pull", env: context.env });
  let tags: readonly string[];
  try { tags = await client.tags(signal); } catch (error) { throw within("getting repository tags", error); }
  const limit = input.limit === undefined || input.limit === 0 ? defaultLimit : input.limit;
  return tags.slice(0, limit).map((tag) => ({ Index: registry, Name: nameOf(reference), Description: "", Stars: 0, Official: "", Automated: "", Tag: tag }));
}

function compileFilters(filters: Filters): (found: FoundRepository) => boolean {
  const tests = Object.entries(filters).flatMap(([key, values]) => values.map((value) => compile(key, value)));
  return (found) => tests.every((test) => test(found));
}

function compile(key: string, value: string): (found: FoundRepository) => boolean {
  const wanted = value !== "false";
  switch (key) {
    case "stars": {
      if (!/^\d+$/.test(value)) throw new EngineError("invalid-argument", `incorrect value type for stars filter: strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
      return ({ stars }) => stars >= Number(value);
    }
    case "is-official": return ({ official }) => official === wanted;
    case "is-automated": return ({ automated }) => automated === wanted;
    default: throw new EngineError("invalid-argument", `invalid filter type ${JSON.stringify(key)}`);
  }
}
