/** libpod routes, derived from the operation table: no verb is named here. Answers are Podman's where the operation's codecs say so. */
import { EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import { operations } from "../contract/index.ts";
import type { ByteStream, Duplex, Operation, Route } from "../contract/kit.ts";
import { decodeRequest, progressHeader } from "../contract/wire.ts";
import { archiveRoutes } from "./archive.ts";
import { manifestRoutes } from "./libpod-manifests.ts";
import type { Reply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";
import type { ApiRoute } from "./router.ts";

type Method = (input: unknown, options: { readonly signal: AbortSignal; readonly body?: ByteStream }) => unknown;

/** Every operation with a route, for `engine`, and Podman's second ways to two of them. */
export function libpodRoutes(engine: Engine): ApiRoute[] {
  // Before the derived ones: what is said here counts.
  return [...archiveRoutes(engine, "libpod"), ...manifestRoutes(engine), ...derivedRoutes(engine), ...imageAliases(engine)];
}

/** One image by its path, as podman-py and Podman Desktop ask. */
function imageAliases(engine: Engine): ApiRoute[] {
  return [
    { method: "DELETE", path: "/libpod/images/{ref}", handle: async ({ parameters, query }, reply) => {
      const report = await engine.image.remove({ images: [parameters["ref"] ?? ""], force: query.get("force") === "true", ignore: query.get("ignore") === "true" });
      const [failure] = report.Errors ?? [];
      if (failure !== undefined) throw new EngineError(report.ExitCode === 1 ? "not-found" : report.ExitCode === 2 ? "conflict" : "internal", failure);
      await reply.json(report);
    } },
    { method: "GET", path: "/libpod/images/{ref}/get", handle: async ({ parameters, query, signal }, reply) => {
      await reply.bytes(engine.image.save({ references: [parameters["ref"] ?? ""], format: query.get("format") ?? "docker-archive" }, { signal }), { contentType: "application/x-tar" });
    } },
  ];
}

function derivedRoutes(engine: Engine): ApiRoute[] {
  const all = flatRoutes(engine);
  // What a parameter tells apart is one route.
  return all.filter(({ flag }) => flag === undefined).map((plain) => {
    const flagged = all.filter(({ method, path, flag }) => flag !== undefined && method === plain.method && path === plain.path);
    if (flagged.length === 0) return plain;
    return { ...plain, handle: async (request: ApiRequest, reply: Reply) => (flagged.find(({ flag = "" }) => isOn(request.query.get(flag))) ?? plain).handle(request, reply) };
  });
}

const isOn = (value: string | null): boolean => value === "true" || value === "1";

function flatRoutes(engine: Engine): (ApiRoute & { readonly flag?: string })[] {
  return Object.entries(operations).flatMap(([noun, verbs]) => Object.entries(verbs as Readonly<Record<string, Operation>>).flatMap(([verb, operation]) => {
    const route = operation.libpod;
    if ("localOnly" in route) return [];
    const method = (engine as unknown as Record<string, Record<string, Method>>)[noun]?.[verb];
    if (method === undefined) return [];
    return [{ method: route.method, path: `/libpod${route.path}`, ...(route.flag === undefined ? {} : { flag: route.flag }), handle: async (request: ApiRequest, reply: Reply) => answer(operation, route, method, request, reply) }];
  }));
}

async function answer(operation: Operation, route: Route, method: Method, request: ApiRequest, reply: Reply): Promise<void> {
  const body = route.body === undefined || operation.upload ? undefined : await request.json();
  const input = decodeRequest(operation, request.parameters, request.query, body, (name) => request.header(name));
  const result = method(input, { signal: request.signal, ...(operation.upload && { body: request.body }) });
  if (operation.kind === "stream") return reply.stream(mapped(route, result as AsyncIterable<unknown>, request.header(progressHeader) !== undefined), route.status);
  if (operation.kind === "bytes") return reply.bytes(result as ByteStream, route.status === undefined ? {} : { status: route.status });
  if (operation.kind === "duplex") return reply.hijack(await (result as Promise<Duplex>));
  const value = await (result as Promise<unknown>);
  if (value === undefined) return reply.empty(route.status ?? 204);
  return reply.json(toWire(route, value), route.status);
}

function toWire(route: Route, value: unknown): unknown {
  return route.outputCodec === undefined ? value : (route.outputCodec.toWire as (value: unknown) => unknown)(value);
}
/** Items that are progress alone are for clients that asked: Podman's take them for a broken stream. */
async function* mapped(route: Route, items: AsyncIterable<unknown>, withProgress: boolean): AsyncGenerator<unknown> {
  for await (const item of items) if (withProgress || !isProgress(item)) yield toWire(route, item);
}
function isProgress(item: unknown): boolean {
  return typeof item === "object" && item !== null && "progress" in item && Object.keys(item).length === 1;
}
