/** `/manifests/…` where one path means several things: by the version of the API (3 or later), by the type of the body, by a flag. */
import { EngineError, isEngineError, messageOf } from "../base/errors.ts";
import { operations, type Engine } from "../contract/index.ts";
import type { InputOf, Operation } from "../contract/kit.ts";
import type { ManifestPushItem } from "../contract/types/manifest-list.ts";
import { decodeRequest, progressHeader } from "../contract/wire.ts";
import type { Reply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";
import type { ApiRoute } from "./router.ts";

type ModifyInput = InputOf<typeof operations.manifest.modify.input>;
type PushInput = InputOf<typeof operations.manifest.push.input>;
type CreateInput = InputOf<typeof operations.manifest.create.input>;

export function manifestRoutes(engine: Engine): ApiRoute[] {
  const path = "/libpod/manifests/{name}";
  return [
    { method: "POST", path: "/libpod/manifests/create", handle: async (request, reply) => createList(engine, request, isOld(request) ? request.query.get("name") ?? "" : "create", reply) },
    { method: "POST", path, handle: async (request, reply) => createList(engine, request, nameOf(request), reply) },
    { method: "GET", path: `${path}/exists`, handle: async (request, reply) => existsList(engine, request, reply) },
    { method: "PUT", path, handle: async (request, reply) => modifyList(engine, request, reply) },
    { method: "POST", path: `${path}/add`, handle: async (request, reply) => reply.json(idOf(await engine.manifest.modify(changeOf(request, await request.json(), "update"), { signal: request.signal }))) },
    { method: "POST", path: `${path}/registry/{destination}`, handle: async (request, reply) => pushList(engine, request, {}, reply) },
    { method: "POST", path: `${path}/push`, handle: async (request, reply) => pushList(engine, request, { destination: request.query.get("destination") ?? "" }, reply) },
    { method: "DELETE", path, handle: async (request, reply) => (isOld(request) ? removeEntry(engine, request, reply) : removeList(engine, request, reply)) },
  ];
}

/** API 3 and before; no version means the newest. */
function isOld({ version }: ApiRequest): boolean { return version !== undefined && version.split(".").length === 3 && Number.parseInt(version, 10) < 4; }
function nameOf({ parameters }: ApiRequest): string { return parameters["name"] ?? ""; }
function idOf({ Id }: { readonly Id: string }): { readonly Id: string } { return { Id }; }

function decode(operation: Operation, request: ApiRequest, parameters: Readonly<Record<string, string>>, body?: unknown): Readonly<Record<string, unknown>> {
  return decodeRequest(operation, { ...request.parameters, ...parameters }, request.query, body, (name) => request.header(name));
}

function changeOf(request: ApiRequest, body: unknown, operation?: string): ModifyInput {
  const sent = typeof body === "object" && body !== null ? body : {};
  return decode(operations.manifest.modify, request, {}, operation === undefined ? sent : { ...sent, operation }) as unknown as ModifyInput;
}

async function createList(engine: Engine, request: ApiRequest, name: string, reply: Reply): Promise<void> {
  const { images, annotations = {}, ...rest } = decode(operations.manifest.create, request, { name }) as unknown as CreateInput;
  const body = await request.json();
  const old = request.query.getAll("image");
  const { Id } = await engine.manifest.create({ ...rest, images: old.length > 0 ? old : images ?? [], annotations: { ...annotations, ...pairsOf(request.query.getAll("annotation")) } }, { signal: request.signal });
  if (typeof body === "object" && body !== null) {
    const { images: more = [], ...change } = changeOf(request, body, "update");
    const { indexAnnotation, indexAnnotations, subject } = change;
    await engine.manifest.modify({ name: Id, operation: "annotate", ...(indexAnnotation && { indexAnnotation }), ...(indexAnnotations && { indexAnnotations }), ...(subject !== undefined && { subject }) });
    if (more.length > 0) await engine.manifest.modify({ ...change, name: Id, operation: "update", images: more }, { signal: request.signal });
  }
  await reply.json({ Id }, isOld(request) ? 200 : 201);
}

function pairsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 0) throw new EngineError("invalid-argument", `invalid annotation ${text}`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

async function existsList(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  try { await engine.manifest.exists({ name: nameOf(request) }); } catch (error) {
    throw isEngineError(error, "not-found") ? new EngineError("not-found", "manifest not found", { reason: "no-such-image", cause: error }) : error;
  }
  await reply.empty();
}

/** An upload of an artifact's files is a form; all else is JSON. */
async function modifyList(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  const contentType = request.header("content-type") ?? "";
  if (contentType.toLowerCase().startsWith("multipart/")) await reply.json(await engine.manifest.addFiles({ name: nameOf(request), contentType }, { body: request.body, signal: request.signal }));
  else await reply.json(await engine.manifest.modify(changeOf(request, await request.json()), { signal: request.signal }));
}

async function removeEntry(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  await reply.json(idOf(await engine.manifest.modify({ name: nameOf(request), operation: "remove", images: [request.query.get("digest") ?? ""] })));
}

async function removeList(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  const report = await engine.image.remove({ images: [nameOf(request)], lookupManifest: true, ignore: request.query.get("ignore") === "true" });
  const [failure] = report.Errors ?? [];
  if (failure !== undefined) throw new EngineError(report.ExitCode === 1 ? "not-found" : report.ExitCode === 2 ? "conflict" : "internal", failure);
  await reply.json({ ...report, Errors: [] });
}

/** Quiet unless asked otherwise: then the answer is one object. */
async function pushList(engine: Engine, request: ApiRequest, extra: Readonly<Record<string, string>>, reply: Reply): Promise<void> {
  const input = decode(operations.manifest.push, request, extra) as unknown as PushInput;
  if (/^(?!docker:)(?:containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive):/.test(input.destination)) {
    throw new EngineError("invalid-argument", `unsupported transport in ${JSON.stringify(input.destination)}: only docker transport is supported`);
  }
  const items = engine.manifest.push({ ...input, quiet: input.quiet ?? true }, { signal: request.signal });
  if (input.quiet === false) { await reply.stream(lines(items, request.header(progressHeader) !== undefined)); return; }
  let Id = "";
  try { for await (const item of items) Id = item.Id ?? Id; } catch (error) {
    throw new EngineError("invalid-argument", `pushing image ${JSON.stringify(input.destination)}: ${messageOf(error)}`, { cause: error });
  }
  await reply.json({ Id });
}

/** Every line has an id, empty but for the last, as Podman's clients expect. */
async function* lines(items: AsyncIterable<ManifestPushItem>, withProgress: boolean): AsyncGenerator<object> {
  for await (const { Id, stream, progress } of items) {
    if (!withProgress && stream === undefined && Id === undefined) continue;
    yield { Id: Id ?? "", ...(stream === undefined ? {} : { stream }), ...(withProgress && progress !== undefined ? { progress } : {}) };
  }
}
