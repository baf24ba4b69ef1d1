/** `/images/…` of the Docker Engine API. */
import { EngineError, messageOf } from "../../base/errors.ts";
import type { ByteStream } from "../../contract/kit.ts";
import type { Engine } from "../../contract/index.ts";
import type { PullItem, PushItem, RegistryAuth } from "../../contract/types/image-reports.ts";
import { shortId } from "../../base/ids.ts";
import type { ApiRequest } from "../request.ts";
import type { Reply } from "../reply.ts";
import type { ApiRoute, Handler } from "../router.ts";
import { hubName, imageName } from "./image-name.ts";
import { failureLine, historyToDocker, imageInspectToDocker, imageToDocker, progressToDocker, removedToDocker } from "./image-to.ts";
import { pruned } from "./pruned.ts";
import { filters, flag, integer, parameter, text } from "./query.ts";

export function imageRoutes(engine: Engine): ApiRoute[] {
  const { image } = engine;
  const named = async (request: ApiRequest): Promise<string> => imageName(engine, parameter(request, "ref"));
  return [
    { method: "GET", path: "/images/json", handle: async ({ query }, reply) => reply.json((await image.list({ all: flag(query, "all") === true, filters: filters(query) })).map(imageToDocker)) },
    { method: "POST", path: "/images/create", handle: create(engine) },
    { method: "POST", path: "/images/load", handle: load(engine) },
    { method: "GET", path: "/images/get", handle: async ({ query, signal }, reply) => save(engine, query.getAll("names").flatMap((names) => names.split(",")), signal, reply) },
    { method: "POST", path: "/images/prune", handle: prune(engine) },
    { method: "GET", path: "/images/search", handle: search(engine) },
    { method: "POST", path: "/commit", handle: commit(engine) },
    { method: "GET", path: "/images/{ref}/get", handle: async (request, reply) => save(engine, [parameter(request, "ref")], request.signal, reply) },
    { method: "GET", path: "/images/{ref}/json", handle: async (request, reply) => reply.json(imageInspectToDocker(await image.inspect({ ref: await named(request) }))) },
    { method: "GET", path: "/images/{ref}/history", handle: async (request, reply) => reply.json((await image.history({ ref: await named(request) })).map(historyToDocker)) },
    { method: "POST", path: "/images/{ref}/tag", handle: async (request, reply) => {
      const { query } = request;
      const repo = text(query, "repo");
      if (repo === undefined) throw new EngineError("invalid-argument", "repo parameter is required to tag an image");
      await image.tag({ ref: await named(request), repo: hubName(withTag(repo, text(query, "tag"))) });
      await reply.empty(201);
    } },
    { method: "POST", path: "/images/{ref}/push", handle: push(engine) },
    { method: "DELETE", path: "/images/{ref}", handle: remove(engine) },
  ];
}

/** Clients leave the tag in the name or take it apart. */
const withTag = (repo: string, tag: string | undefined): string => (tag === undefined ? repo : `${repo}:${tag}`);

/** Docker sends `{}` where it has no credentials. */
export function credentials(request: ApiRequest): { readonly credentials?: RegistryAuth } {
  const header = request.header("X-Registry-Auth") ?? "";
  if (header === "") return {};
  let parsed: Readonly<Record<string, unknown>>;
  try { parsed = JSON.parse(Buffer.from(header, "base64").toString("utf8")) as Readonly<Record<string, unknown>>; } catch { throw new EngineError("invalid-argument", "failed to parse \"X-Registry-Auth\" header: not base64 of JSON"); }
  const { username, password, identitytoken } = parsed;
  const auth = { ...(isText(username) && { username }), ...(isText(password) && { password }), ...(isText(identitytoken) && { identitytoken }) };
  return Object.keys(auth).length === 0 ? {} : { credentials: auth };
}
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** `fromImage` pulls, `fromSrc` imports. */
const create = (engine: Engine): Handler => async (request, reply) => {
  const { query } = request;
  const source = text(query, "fromSrc");
  if (source !== undefined) { await importImage(engine, source, request, reply); return; }
  const name = text(query, "fromImage");
  if (name === undefined) throw new EngineError("invalid-argument", "fromImage or fromSrc is required");
  const [os, arch, variant] = (text(query, "platform") ?? "").split("/");
  const items = engine.image.pull({
    ref: pullName(name, text(query, "tag")), policy: "always", ...credentials(request),
    ...(os !== undefined && os !== "" && { os }), ...(arch !== undefined && { arch }), ...(variant !== undefined && { variant }),
  }, { signal: request.signal });
  await reply.bytes(lines(items, "pull"), { contentType: "application/json" });
};
function pullName(name: string, tag: string | undefined): string {
  if (tag === undefined) return hubName(name);
  return hubName(tag.includes(":") ? `${name}@${tag}` : `${name}:${tag}`);
}

/** A failure after the first line is a line itself. */
async function* lines(items: AsyncIterable<PullItem | PushItem>, verb: "pull" | "push"): ByteStream {
  const write = (line: object): Uint8Array => Buffer.from(`${JSON.stringify(line)}\n`);
  let isStarted = false;
  try {
    for await (const item of items) {
      if (item.error !== undefined && item.error !== "") { yield write(failureLine(item.error)); return; }
      const line = "id" in item && item.id !== undefined ? { status: "Download complete", progressDetail: {}, id: shortId(item.id) }
        : "manifestdigest" in item && item.manifestdigest !== undefined ? { status: `digest: ${item.manifestdigest}`, progressDetail: {}, aux: { Digest: item.manifestdigest } } : progressToDocker(item, verb);
      if (line === undefined) continue;
      isStarted = true;
      yield write(line);
    }
  } catch (error) {
    if (!isStarted) throw error;
    yield write(failureLine(messageOf(error)));
  }
}

async function importImage(engine: Engine, source: string, request: ApiRequest, reply: Reply): Promise<void> {
  if (source !== "-") throw new EngineError("not-implemented", "importing an image from an address is not implemented: send the archive");
  const { query } = request;
  const repo = text(query, "repo");
  const message = text(query, "message");
  const { Id } = await engine.image.import({
    ...(repo !== undefined && { reference: hubName(withTag(repo, text(query, "tag"))) }), changes: query.getAll("changes"), ...(message !== undefined && { message }),
  }, { body: request.body, signal: request.signal });
  await reply.json({ status: `sha256:${Id.replace(/^sha256:/, "")}`, progressDetail: {}, id: Id.replace(/^sha256:/, "") });
}

const search = (engine: Engine): Handler => async (request, reply) => {
  const { query } = request;
  const limit = integer(query, "limit");
  const results = await engine.image.search({ term: text(query, "term") ?? "", filters: filters(query), ...(limit !== undefined && { limit }), ...credentials(request) }, { signal: request.signal });
  await reply.json(results.map(({ Name, Description, Stars, Official, Automated }) => ({ name: Name, description: Description, star_count: Stars, is_official: Official !== "", is_automated: Automated !== "" })));
};

/** The body is a container configuration whose values go into the image. */
const commit = (engine: Engine): Handler => async (request, reply) => {
  const { query } = request;
  const ref = text(query, "container");
  if (ref === undefined) throw new EngineError("invalid-argument", "no container was named");
  const repo = text(query, "repo");
  const name = repo === undefined ? undefined : hubName(withTag(repo, text(query, "tag")));
  const config = await request.json();
  const [author, comment, pause] = [text(query, "author"), text(query, "comment"), flag(query, "pause")];
  const { Id } = await engine.container.commit({
    ref, format: "docker", pause: pause ?? true, changes: query.getAll("changes").flatMap((lines) => lines.split("\n")).filter((line) => line.trim() !== ""),
    ...(name !== undefined && { repo: name }), ...(author !== undefined && { author }), ...(comment !== undefined && { comment }), ...(isConfig(config) && { config: JSON.stringify(config) }),
  });
  await reply.json({ Id: Id.startsWith("sha256:") ? Id : `sha256:${Id}` }, 201);
};
const isConfig = (value: unknown): value is object => typeof value === "object" && value !== null && Object.keys(value).length > 0;

const load = (engine: Engine): Handler => async (request, reply) => {
  const { Names } = await engine.image.load({}, { body: request.body, signal: request.signal });
  await reply.json({ stream: `Loaded image: ${Names.join(",")}\n` });
};

async function save(engine: Engine, names: readonly string[], signal: AbortSignal, reply: Reply): Promise<void> {
  if (names.length === 0) throw new EngineError("invalid-argument", "no image was named");
  const references = await Promise.all(names.map(async (name) => imageName(engine, name)));
  await reply.bytes(engine.image.save({ references, format: "docker-archive", multiImage: true }, { signal }), { contentType: "application/x-tar" });
}

const push = (engine: Engine): Handler => async (request, reply) => {
  const tag = text(request.query, "tag");
  const ref = parameter(request, "ref");
  const name = hubName(tag === undefined ? ref : `${ref}:${tag}`);
  const items = engine.image.push({ ref: name, destination: name, ...credentials(request) }, { signal: request.signal });
  await reply.bytes(lines(items, "push"), { contentType: "application/json" });
};

const remove = (engine: Engine): Handler => async (request, reply) => {
  const { query } = request;
  const report = await engine.image.remove({ images: [await imageName(engine, parameter(request, "ref"))], force: flag(query, "force") === true, noPrune: flag(query, "noprune") === true });
  const [failure] = report.Errors ?? [];
  if (failure !== undefined) throw new EngineError(report.ExitCode === 1 ? "not-found" : report.ExitCode === 2 ? "conflict" : "internal", failure);
  await reply.json(removedToDocker(report));
};

/** Docker's clients say `--all` as `dangling=false`. */
const prune = (engine: Engine): Handler => async ({ query }, reply) => {
  const { dangling, ...rest } = filters(query);
  const { ids, SpaceReclaimed } = pruned(await engine.image.prune({ all: (dangling ?? []).some((value) => value === "false" || value === "0"), filters: rest }));
  await reply.json({ ImagesDeleted: ids.map((Deleted) => ({ Deleted })), SpaceReclaimed });
};
