/** `/containers/…` of the Docker Engine API. */
import { mkdirSync } from "node:fs";
import { EngineError, isEngineError } from "../../base/errors.ts";
import type { ByteStream, Duplex, InputOf } from "../../contract/kit.ts";
import type { Engine } from "../../contract/index.ts";
import type { logs } from "../../contract/container/logs.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import { decodeFrames } from "../../contract/frames.ts";
import { decoded } from "../../contract/wire.ts";
import type { ApiRequest } from "../request.ts";
import type { Reply } from "../reply.ts";
import type { ApiRoute, Handler } from "../router.ts";
import { inspectToDocker } from "./container-inspect.ts";
import { listToDocker } from "./container-list.ts";
import { waitConditions, waitDocker } from "./container-wait.ts";
import { fromDocker, limitsFromDocker } from "./create-from.ts";
import { imageName } from "./image-name.ts";
import { pruned } from "./pruned.ts";
import { body, filters, flag, integer, parameter, text } from "./query.ts";
import type { DockerCreate, DockerHostConfig } from "./types.ts";

export function containerRoutes(engine: Engine): ApiRoute[] {
  const on = (method: string, path: string, handle: (request: ApiRequest, reply: Reply, ref: string) => Promise<void>): ApiRoute =>
    ({ method, path: `/containers/{ref}${path}`, handle: async (request, reply) => handle(request, reply, parameter(request, "ref")) });
  const done = (method: string, path: string, action: (ref: string, request: ApiRequest) => Promise<unknown>): ApiRoute =>
    on(method, path, async (request, reply, ref) => { await action(ref, request); await reply.empty(); });
  const { container } = engine;
  return [
    { method: "GET", path: "/containers/json", handle: listContainers(engine) },
    { method: "POST", path: "/containers/create", handle: createContainer(engine) },
    { method: "POST", path: "/containers/prune", handle: pruneContainers(engine) },
    on("GET", "/json", async ({ query }, reply, ref) => reply.json(inspectToDocker(await container.inspect({ ref, ...(flag(query, "size") === true && { size: true }) })))),
    done("POST", "/start", async (ref, { query }) => startContainer(engine, ref, text(query, "detachKeys"))),
    done("POST", "/stop", async (ref, { query }) => container.stop({ ref, ...given("timeout", integer(query, "t")) })),
    done("POST", "/restart", async (ref, { query }) => container.restart({ ref, ...given("timeout", integer(query, "t")) })),
    done("POST", "/kill", async (ref, request) => kill(engine, ref, text(request.query, "signal") ?? "KILL", request.signal)),
    done("POST", "/pause", async (ref) => container.pause({ ref })),
    done("POST", "/unpause", async (ref) => container.unpause({ ref })),
    done("POST", "/rename", async (ref, { query }) => container.rename({ ref, name: query.get("name") ?? "" })),
    on("POST", "/resize", async ({ query }, reply, ref) => { await container.resize({ ref, ...given("height", integer(query, "h")), ...given("width", integer(query, "w")) }); await reply.empty(200); }),
    done("DELETE", "", async (ref, { query }) => remove(engine, ref, query)),
    on("POST", "/wait", async (request, reply, ref) => wait(engine, request, reply, ref)),
    on("GET", "/logs", async (request, reply, ref) => sendLogs(engine, request, reply, ref)),
    on("POST", "/attach", async (request, reply, ref) => attach(engine, request, reply, ref)),
    on("GET", "/stats", async (request, reply, ref) => stats(engine, request, reply, ref)),
    on("GET", "/top", async ({ query }, reply, ref) => reply.json(await container.top({ ref, descriptors: [query.get("ps_args") ?? "-ef"] }))),
    on("GET", "/changes", async (_request, reply, ref) => reply.json(await container.diff({ ref }))),
    on("GET", "/export", async (request, reply, ref) => reply.bytes(container.export({ ref }, { signal: request.signal }), { contentType: "application/x-tar" })),
    on("POST", "/update", async (request, reply, ref) => update(engine, request, reply, ref)),
  ];
}

const given = <K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } => (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };

const listContainers = (engine: Engine): Handler => async ({ query }, reply) => {
  const asked = filters(query);
  const limit = integer(query, "limit") ?? 0;
  const size = flag(query, "size") === true;
  // Naming a status means: of all containers.
  const all = flag(query, "all") === true || limit > 0 || (asked["status"] ?? []).length > 0;
  const rows = await engine.container.list({ all, filters: asked, ...(limit > 0 && { limit }), ...(size && { size }) });
  const full = await Promise.all(rows.map(async (row) => {
    try { return listToDocker(row, await engine.container.inspect({ ref: row.Id }), size); } catch (error) {
      // Removed since the list was made.
      if (isEngineError(error, "not-found")) return undefined;
      throw error;
    }
  }));
  await reply.json(full.filter((row) => row !== undefined));
};

const createContainer = (engine: Engine): Handler => async (request, reply) => {
  const wire = await body<DockerCreate>(request);
  if (wire.Image === undefined || wire.Image === "") throw new EngineError("invalid-argument", "no image was named");
  const image = await imageName(engine, String(wire.Image));
  const create = decoded(() => fromDocker(wire, text(request.query, "name"), image));
  makeBindSources(create);
  const { Id, Warnings } = await engine.container.create({ spec: create }, { signal: request.signal });
  await reply.json({ Id, Warnings }, 201);
};

/** Docker makes the folders that are bound into a container; Podman's own clients get an error. */
function makeBindSources({ storage }: ContainerCreate): void {
  for (const { type, source } of storage?.mounts ?? []) if (type === "bind" && source?.startsWith("/") === true) mkdirSync(source, { recursive: true, mode: 0o755 });
}

const pruneContainers = (engine: Engine): Handler => async ({ query }, reply) => {
  const { ids, SpaceReclaimed } = pruned(await engine.container.prune({ filters: filters(query) }));
  await reply.json({ ContainersDeleted: ids.length === 0 ? null : ids, SpaceReclaimed });
};

/** Docker waits for the end where the signal leaves no choice. */
async function kill(engine: Engine, ref: string, signal: string, abort: AbortSignal): Promise<void> {
  const { Id: id } = await engine.container.inspect({ ref });
  await engine.container.kill({ ref: id, signal });
  if (/^(?:9|(?:SIG)?KILL)$/i.test(signal)) await engine.container.wait({ ref: id }, { signal: abort });
}

async function remove(engine: Engine, ref: string, query: URLSearchParams): Promise<void> {
  if (flag(query, "link") === true) throw new EngineError("invalid-argument", "bad parameter: link is not supported");
  const force = flag(query, "force");
  // Docker kills what it removes by force; it gives no time to end.
  await engine.container.remove({ ref, ...given("force", force), ...(force === true && { timeout: 0 }), ...given("volumes", flag(query, "v")) });
}

async function wait(engine: Engine, request: ApiRequest, reply: Reply, ref: string): Promise<void> {
  const condition = text(request.query, "condition") ?? "not-running";
  if (!waitConditions.includes(condition)) throw new EngineError("invalid-argument", `failed to parse parameter 'condition': "${condition}" is not a valid docker condition`);
  await engine.container.exists({ ref });
  await reply.bytes(waitAnswer(waitDocker(engine, ref, condition, request.signal)), { contentType: "application/json", headersFirst: true });
}
/** The status is sent by then, so that an error is part of the answer. */
async function* waitAnswer(code: Promise<number>): ByteStream {
  try { yield Buffer.from(`${JSON.stringify({ StatusCode: await code, Error: null })}\n`); } catch (error) {
    yield Buffer.from(`${JSON.stringify({ StatusCode: -1, Error: { Message: error instanceof Error ? error.message : String(error) } })}\n`);
  }
}

async function sendLogs(engine: Engine, { query, signal }: ApiRequest, reply: Reply, ref: string): Promise<void> {
  const streams = { stdout: flag(query, "stdout") === true, stderr: flag(query, "stderr") === true };
  if (!streams.stdout && !streams.stderr) throw new EngineError("invalid-argument", "bad parameter: you must choose at least one stream");
  const { Config: { Tty: isTerminal } } = await engine.container.inspect({ ref });
  const input: InputOf<typeof logs.input> = {
    ref, ...streams, follow: flag(query, "follow") === true, timestamps: flag(query, "timestamps") === true,
    ...given("tail", text(query, "tail")), ...given("since", time(query, "since")), ...given("until", time(query, "until")),
  };
  const frames = engine.container.logs(input, { signal });
  const type = isTerminal ? "raw" : "multiplexed";
  await reply.bytes(isTerminal ? raw(frames) : frames, { contentType: `application/vnd.docker.${type}-stream` });
}
async function* raw(frames: ByteStream): ByteStream {
  for await (const { data } of decodeFrames(frames)) yield data;
}
/** Docker's clients write 0 for "not given". */
function time(query: URLSearchParams, name: string): string | undefined {
  const value = text(query, name);
  return value === "0" ? undefined : value;
}

/** Docker calls the id `id` here, and its client cuts the slash off the name. */
async function stats(engine: Engine, { query, signal }: ApiRequest, reply: Reply, ref: string): Promise<void> {
  const reports = engine.container.usage({ ref, ...given("stream", flag(query, "stream")), ...given("oneShot", flag(query, "one-shot")) }, { signal });
  async function* renamed(): AsyncGenerator<unknown> { for await (const { Id, ...report } of reports) yield { ...report, name: `/${report.name}`, id: Id }; }
  await reply.stream(renamed());
}

async function attach(engine: Engine, { query, signal }: ApiRequest, reply: Reply, ref: string): Promise<void> {
  const { stdin = false, stdout = false, stderr = false, stream = false, logs: past = false } = Object.fromEntries(["stdin", "stdout", "stderr", "stream", "logs"].map((name) => [name, flag(query, name) === true]));
  if (!stream && !past) throw new EngineError("invalid-argument", "at least one of Logs or Stream must be set");
  let session: Duplex;
  try {
    session = await engine.container.attach({ ref, stdin, stdout, stderr, stream, logs: past, ...given("detachKeys", text(query, "detachKeys")) }, { signal });
  } catch (error) {
    // Attaching prepares the start here. Docker's client asks for that next, and knows what to say about its failure.
    if (!cannotRun(error)) throw error;
    session = endedSession;
  }
  await reply.hijack(session);
}

const cannotRun = (error: unknown): error is EngineError => isEngineError(error, "command-not-found") || isEngineError(error, "command-not-executable");
const endedSession: Duplex = {
  output: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) },
  write: () => Promise.resolve(), closeWrite: () => Promise.resolve(), close: () => { /* ended already */ },
};

/** As Docker: what was to be removed when it ends is gone when it cannot even start. */
async function startContainer(engine: Engine, ref: string, detachKeys: string | undefined): Promise<void> {
  try { await engine.container.start({ ref, ...given("detachKeys", detachKeys) }); } catch (error) {
    if (isEngineError(error, "not-modified") || isEngineError(error, "no-such-container")) throw error;
    const { Id: id, HostConfig: { AutoRemove: isTemporary }, State: { Running: runs } } = await engine.container.inspect({ ref });
    if (isTemporary && !runs) await engine.container.remove({ ref: id, force: true, volumes: true, ignore: true });
    throw cannotRun(error) ? inDockersWords(error) : error;
  }
}

/** Docker's client tells statuses 127 and 126 by these words. */
function inDockersWords(error: EngineError): EngineError {
  const words = isEngineError(error, "command-not-found") ? "executable file not found in $PATH" : "permission denied";
  return new EngineError("invalid-argument", `${error.message}: ${words}`, { cause: error, ...(error.reason !== undefined && { reason: error.reason }) });
}

async function update(engine: Engine, request: ApiRequest, reply: Reply, ref: string): Promise<void> {
  const wire = await body<DockerHostConfig>(request);
  const policy = wire.RestartPolicy?.Name ?? "";
  const retries = wire.RestartPolicy?.MaximumRetryCount ?? 0;
  await engine.container.update({ ref, change: { resources: decoded(() => limitsFromDocker(wire)) }, ...(policy !== "" && { restartPolicy: policy }), ...(retries > 0 && { restartRetries: retries }) });
  await reply.json({ Warnings: null });
}
