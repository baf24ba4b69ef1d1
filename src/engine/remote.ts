/** The remote engine: one loop over the operation table. Knows no verb by name. */
import { EngineError } from "../base/errors.ts";
import { operations, type Engine } from "../contract/index.ts";
import type { AnswerHeader, ByteStream, CallOptions, Operation, UploadOptions } from "../contract/kit.ts";
import { podmanVersion } from "../contract/version.ts";
import { encodeRequest, progressHeader, routeOf, type WireRequest } from "../contract/wire.ts";
import { decodeError } from "./decode-error.ts";
import { detachable } from "./transport/detach.ts";
import { fetchTarget, parseAddress, unreachable, type Address } from "./transport/connection.ts";
import { hijack } from "./transport/hijack.ts";

/** An engine over the service at `url` (`unix:///…`, `tcp://…`). Connects at the first call. */
export function createRemoteEngine(url: string): Engine {
  const address = parseAddress(url);
  return Object.fromEntries(Object.entries(operations).map(([noun, verbs]) => [noun, Object.fromEntries(
    Object.entries(verbs as Readonly<Record<string, Operation>>).map(([verb, operation]) => [verb, methodOf(address, operation)]),
  )])) as unknown as Engine;
}

type Method = (input: Readonly<Record<string, unknown>>, options?: CallOptions | UploadOptions) => unknown;

function methodOf(address: Address, operation: Operation): Method {
  if (operation.kind === "duplex") return async (input, options) => {
    const { method, path, query, body } = encodeRequest(operation, input);
    const session = await hijack(address, { method, path: fullPath(path, query), body, ...(options?.signal && { signal: options.signal }) });
    return detachable(session, typeof input["detachKeys"] === "string" ? input["detachKeys"] : undefined);
  };
  if (operation.kind === "stream") return (input, options) => items(address, operation, input, options);
  if (operation.kind === "bytes") return (input, options) => chunks(address, operation, input, options);
  return async (input, options) => value(address, operation, input, options);
}

const fullPath = (path: string, query: URLSearchParams): string => `/v${podmanVersion}/libpod${path}${query.size === 0 ? "" : `?${query.toString()}`}`;

async function value(address: Address, operation: Operation, input: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown> {
  const { answerHeader } = routeOf(operation);
  if (answerHeader !== undefined) return headerValue(address, operation, answerHeader, input, options);
  const response = await request(address, encodeRequest(operation, input), options);
  const text = await response.text();
  if (text === "" || response.status === 204) return undefined;
  return fromWire(operation, JSON.parse(text));
}

/** A HEAD request's answer never has a body: an error is a status alone. */
async function headerValue(address: Address, operation: Operation, { name, fromWire: decode }: AnswerHeader, input: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown> {
  const response = await send(address, encodeRequest(operation, input), options);
  const header = response.headers.get(name);
  if (header === null) throw decodeError(response.status, response.status === 404 ? "no such file or directory" : "");
  return (decode as (wire: unknown, status: number) => unknown)(JSON.parse(Buffer.from(header, "base64").toString("utf8")), response.status);
}

function fromWire(operation: Operation, wire: unknown): unknown {
  const codec = routeOf(operation).outputCodec;
  return codec === undefined ? wire : (codec.fromWire as (wire: unknown) => unknown)(wire);
}

async function* items(address: Address, operation: Operation, input: Readonly<Record<string, unknown>>, options?: CallOptions): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of body(await request(address, withProgress(encodeRequest(operation, input)), options))) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield item(operation, line);
  }
  if (pending.trim() !== "") yield item(operation, pending);
}

/** A stream that fails after its first item says so in its last line, because the status is already sent. */
function item(operation: Operation, line: string): unknown {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed === "object" && parsed !== null) {
    if ("streamError" in parsed) throw decodeError(500, JSON.stringify(parsed.streamError));
    if ("error" in parsed && typeof parsed.error === "string" && parsed.error !== "") throw decodeError(500, JSON.stringify({ message: parsed.error }));
  }
  return fromWire(operation, parsed);
}

const withProgress = (wire: WireRequest): WireRequest => ({ ...wire, headers: { ...wire.headers, [progressHeader]: "1" } });

async function* chunks(address: Address, operation: Operation, input: Readonly<Record<string, unknown>>, options?: CallOptions): ByteStream {
  yield* body(await request(address, encodeRequest(operation, input), options));
}
async function* body(response: Response): ByteStream {
  if (response.body !== null) yield* response.body as unknown as ByteStream;
}

async function request(address: Address, wire: WireRequest, options?: CallOptions | UploadOptions): Promise<Response> {
  const response = await send(address, wire, options);
  if (response.status === 304) throw new EngineError("not-modified", "nothing to do");
  if (!response.ok) throw decodeError(response.status, await response.text());
  return response;
}

async function send(address: Address, wire: WireRequest, options?: CallOptions | UploadOptions): Promise<Response> {
  const { url, unix } = fetchTarget(address, fullPath(wire.path, wire.query));
  const upload = options !== undefined && "body" in options ? options.body : undefined;
  const body = upload === undefined ? (wire.body === undefined ? undefined : JSON.stringify(wire.body)) : readable(upload);
  try {
    return await fetch(url, {
      method: wire.method, headers: { "content-type": upload === undefined ? "application/json" : "application/x-tar", ...wire.headers },
      ...(unix !== undefined && { unix }), ...(body !== undefined && { body }), ...(options?.signal && { signal: options.signal }), timeout: false,
    } as BunFetchRequestInit);
  } catch (cause) {
    options?.signal?.throwIfAborted();
    throw unreachable(address, cause);
  }
}

function readable(stream: ByteStream): ReadableStream<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close(); else controller.enqueue(next.value);
    },
    async cancel() { await iterator.return?.(); },
  });
}
