/** Finds the route of a request. Paths are compiled once; a version prefix (`/v1.44`, `/v5.8.3`) is optional everywhere. */
import type { Reply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";

export type Handler = (request: ApiRequest, reply: Reply) => Promise<void>;
export interface ApiRoute {
  readonly method: string;
  /** `/libpod/containers/{ref}/json`; image-like names may hold slashes. */
  readonly path: string;
  readonly handle: Handler;
}

interface Compiled { readonly route: ApiRoute; readonly pattern: RegExp; readonly literals: number }
export interface Match { readonly route: ApiRoute; readonly parameters: Readonly<Record<string, string>>; readonly version: string | undefined }

/** Names below these folders hold slashes, escaped or not: docker clients send `/images/docker.io/library/alpine/json`. */
const slashed = /^(?:\/libpod)?\/(?:images|manifests|artifacts|distribution)\//;
const versionPrefix = /^\/v(\d+(?:\.\d+){1,2})(?=\/)/;

export class Router {
  readonly #byMethod = new Map<string, Compiled[]>();

  constructor(routes: readonly ApiRoute[]) {
    for (const route of routes) {
      const bucket = this.#byMethod.get(route.method) ?? [];
      bucket.push(compile(route));
      this.#byMethod.set(route.method, bucket);
    }
    // More literal text first: `/images/json` before `/images/{ref}`.
    for (const bucket of this.#byMethod.values()) bucket.sort((left, right) => right.literals - left.literals);
  }

  /** undefined when no route has this method and path. */
  match(method: string, rawPath: string): Match | undefined {
    const version = versionPrefix.exec(rawPath)?.[1];
    const path = version === undefined ? rawPath : rawPath.slice(version.length + 2);
    for (const { route, pattern } of this.#byMethod.get(method) ?? []) {
      const found = pattern.exec(path);
      if (found !== null) return { route, version, parameters: decodeAll(found.groups ?? {}) };
    }
    return undefined;
  }
}

function compile(route: ApiRoute): Compiled {
  const one = slashed.test(route.path) ? ".+" : "[^/]+";
  const source = route.path.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    return name === undefined ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&") : `(?<${name}>${one})`;
  }).join("");
  return { route, pattern: new RegExp(`^${source}/?$`), literals: route.path.replaceAll(/\{\w+\}/g, "").length };
}

function decodeAll(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decode(text)]));
}
function decode(text: string): string {
  try { return decodeURIComponent(text); } catch { return text; }
}
