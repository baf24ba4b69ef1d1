/** `/containers/{ref}/archive` of both trees: the same but for the owners of what is put in. */
import { EngineError, isEngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import { encodePathStat, pathStatHeader, type PathReport } from "../contract/types/path-stat.ts";
import type { ApiRequest } from "./request.ts";
import type { Reply } from "./reply.ts";
import type { ApiRoute } from "./router.ts";
import { flag, parameter } from "./docker/query.ts";

/** libpod gives files to the container's user unless the request says otherwise, Docker does not. */
export function archiveRoutes(engine: Engine, dialect: "libpod" | "docker"): ApiRoute[] {
  const prefix = dialect === "libpod" ? "/libpod" : "";
  const path = `${prefix}/containers/{ref}/archive`;
  return [
    { method: "HEAD", path, handle: async (request, reply) => {
      const { stat, broken } = await statOf(engine, request);
      await reply.empty(broken === true ? 404 : 200, headers(stat));
    } },
    { method: "GET", path, handle: async (request, reply) => get(engine, request, reply).catch((error: unknown) => { throw dialect === "docker" ? inDockersWords(request, error) : error; }) },
    { method: "PUT", path, handle: async (request, reply) => put(engine, request, reply, dialect === "libpod") },
  ];
}

/** Scripts look for this sentence of docker's. */
function inDockersWords(request: ApiRequest, error: unknown): unknown {
  if (!isEngineError(error, "not-found") || error.reason !== undefined) return error;
  return new EngineError("not-found", `Could not find the file ${pathOf(request)} in container ${parameter(request, "ref")}`, { cause: error });
}

const headers = (stat: PathReport["stat"]): Readonly<Record<string, string>> => ({ [pathStatHeader]: encodePathStat(stat) });

async function statOf(engine: Engine, request: ApiRequest): Promise<PathReport> {
  return engine.container.statPath({ ref: parameter(request, "ref"), path: pathOf(request) });
}

function pathOf({ query }: ApiRequest): string {
  const path = query.get("path") ?? "";
  if (path === "") throw new EngineError("invalid-argument", "missing `path` parameter");
  return path;
}

async function get(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  const { stat, broken } = await statOf(engine, request);
  if (broken === true) throw new EngineError("not-found", "no such file or directory");
  const bytes = engine.container.copyFrom({ ref: parameter(request, "ref"), path: pathOf(request) }, { signal: request.signal });
  await reply.bytes(bytes, { contentType: "application/x-tar", headers: headers(stat) });
}

async function put(engine: Engine, request: ApiRequest, reply: Reply, chown: boolean): Promise<void> {
  const rename = renameOf(request.query.get("rename"));
  await engine.container.copyInto({
    ref: parameter(request, "ref"), path: pathOf(request), chown: flag(request.query, "copyUIDGID") ?? chown,
    noOverwriteDirNonDir: flag(request.query, "noOverwriteDirNonDir") ?? false, ...(rename === undefined ? {} : { rename }),
  }, { body: request.body, signal: request.signal });
  await reply.empty(200);
}

function renameOf(text: string | null): Readonly<Record<string, string>> | undefined {
  if (text === null || text === "") return undefined;
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new EngineError("invalid-argument", "couldn't decode the query field 'rename': not valid JSON", { cause }); }
  if (typeof value !== "object" || value === null || Object.values(value).some((one) => typeof one !== "string")) throw new EngineError("invalid-argument", "couldn't decode the query field 'rename': not a map of names");
  return value as Readonly<Record<string, string>>;
}
