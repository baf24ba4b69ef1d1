/** One request as handlers see it: bounded body, query, cancellation when the client goes away. */
import type { IncomingMessage } from "node:http";
import { EngineError } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";

/** A JSON body above this is refused: the largest real one (a create with thousands of labels) is far below. */
const maxJsonBytes = 16 * 1024 * 1024;

export class ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly parameters: Readonly<Record<string, string>>;
  /** From the path, e.g. `1.44`; undefined when unversioned. */
  readonly version: string | undefined;
  readonly signal: AbortSignal;
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage, target: { readonly path: string; readonly query: URLSearchParams; readonly parameters: Readonly<Record<string, string>>; readonly version: string | undefined }, signal: AbortSignal) {
    this.#message = message;
    this.method = message.method ?? "GET";
    this.path = target.path;
    this.query = target.query;
    this.parameters = target.parameters;
    this.version = target.version;
    this.signal = signal;
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name.toLowerCase()];
    return Array.isArray(value) ? value[0] : value;
  }

  get body(): ByteStream { return this.#message as AsyncIterable<Uint8Array>; }

  /** The JSON body; undefined when empty. @throws invalid-argument */
  async json(): Promise<unknown> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.body) {
      size += chunk.length;
      if (size > maxJsonBytes) throw new EngineError("invalid-argument", `decode request body: larger than ${maxJsonBytes} bytes`);
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString("utf8").trim();
    if (text === "") return undefined;
    try { return JSON.parse(text); } catch (cause) { throw new EngineError("invalid-argument", "decode request body: not valid JSON", { cause }); }
  }
}
