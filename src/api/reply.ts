/** How handlers answer: JSON, newline-delimited JSON, bytes, or a hijacked connection. */
import type { ServerResponse } from "node:http";
import type { Duplex as NodeDuplex } from "node:stream";
import { EngineError } from "../base/errors.ts";
import { encodeFrame } from "../contract/frames.ts";
import type { ByteStream, Duplex } from "../contract/kit.ts";
import { errorAnswer } from "./errors.ts";

/** The raw side of an upgraded request. */
export interface Hijackable { readonly socket: NodeDuplex; readonly head: Uint8Array }

export interface BytesOptions {
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send the headers before the first byte is there: the client does its next step then (docker's wait, events). */
  readonly headersFirst?: boolean;
}

export class Reply {
  readonly #response: ServerResponse | undefined;
  readonly #upgrade: Hijackable | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  #isSent = false;

  constructor(target: ServerResponse | Hijackable, headers: Readonly<Record<string, string>>) {
    const isUpgrade = "head" in target;
    this.#response = isUpgrade ? undefined : target;
    this.#upgrade = isUpgrade ? target : undefined;
    this.#headers = headers;
  }

  get isSent(): boolean { return this.#isSent; }

  async json(value: unknown, status = 200): Promise<void> { await this.#whole(status, `${JSON.stringify(value)}\n`, "application/json"); }
  async text(value: string, status = 200, headers: Readonly<Record<string, string>> = {}): Promise<void> { await this.#whole(status, value, "text/plain; charset=utf-8", headers); }
  async empty(status = 204, headers: Readonly<Record<string, string>> = {}): Promise<void> { await this.#whole(status, "", undefined, headers); }

  async error(error: unknown): Promise<void> {
    const { status, body } = errorAnswer(error);
    if (this.#isSent) { this.#end(); return; }
    if (status === 304) await this.empty(304);
    else await this.json(body, status);
  }

  /** One JSON value per line. The first item decides the status: an error before it is an ordinary error answer. */
  async stream(items: AsyncIterable<unknown>, status = 200): Promise<void> {
    await this.bytes(lines(items), { status, contentType: "application/json" });
  }

  async bytes(data: ByteStream, options: BytesOptions = {}): Promise<void> {
    const response = this.#plain();
    const iterator = data[Symbol.asyncIterator]();
    // Follow-streams (events, logs -f) may be silent for hours, but the client waits for the headers.
    const first = options.headersFirst === true ? { next: iterator.next() } : await firstOrSilence(iterator);
    this.#isSent = true;
    response.writeHead(options.status ?? 200, { ...this.#headers, "Content-Type": options.contentType ?? "application/octet-stream", ...options.headers });
    response.flushHeaders();
    response.once("close", () => { void iterator.return?.(); });
    for (let next = await first.next; next.done !== true; next = await iterator.next()) {
      if (response.destroyed) break;
      if (!response.write(next.value)) await drained(response);
    }
    response.end();
  }

  /**
   * Switches protocols and joins the connection with the session until the session's output ends. A client that did not ask
   * for an upgrade gets the output as the body of an ordinary answer.
   */
  async hijack(session: Duplex): Promise<void> {
    if (this.#upgrade === undefined) { await this.#outputOnly(session); return; }
    const { socket, head } = this.#upgrade;
    this.#isSent = true;
    const type = session.terminal === true ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream";
    socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    const input = forwardInput(socket, head, session);
    socket.once("close", () => { session.close(); });
    try {
      for await (const frame of session.output) {
        const bytes = session.terminal === true ? frame.data : encodeFrame(frame);
        if (!socket.write(bytes)) await drained(socket);
      }
    } finally { socket.end(); }
    await input;
  }

  async #outputOnly(session: Duplex): Promise<void> {
    const contentType = session.terminal === true ? "application/vnd.docker.raw-stream" : "application/vnd.docker.multiplexed-stream";
    const response = this.#plain();
    response.once("close", () => { session.close(); });
    await this.bytes(outputBytes(session), { contentType, headersFirst: true });
  }

  async #whole(status: number, body: string, contentType: string | undefined, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#upgrade !== undefined) { this.#rawAnswer(status, body, contentType); return; }
    const response = this.#plain();
    this.#isSent = true;
    response.writeHead(status, { ...this.#headers, ...headers, ...(contentType && { "Content-Type": contentType }), ...(body !== "" && { "Content-Length": String(Buffer.byteLength(body)) }) });
    response.end(body);
  }

  #rawAnswer(status: number, body: string, contentType = "application/json"): void {
    this.#isSent = true;
    this.#upgrade?.socket.end(`HTTP/1.1 ${status} ${status < 400 ? "OK" : "Error"}\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  }

  #end(): void { if (this.#response === undefined) this.#upgrade?.socket.destroy(); else this.#response.destroy(); }
  #plain(): ServerResponse {
    if (this.#response === undefined) throw new EngineError("invalid-argument", "this endpoint cannot be upgraded");
    return this.#response;
  }
}

async function* outputBytes(session: Duplex): ByteStream {
  for await (const frame of session.output) yield session.terminal === true ? frame.data : encodeFrame(frame);
}

async function* lines(items: AsyncIterable<unknown>): ByteStream {
  let isStarted = false;
  try {
    for await (const item of items) { isStarted = true; yield Buffer.from(`${JSON.stringify(item)}\n`); }
  } catch (error) {
    if (!isStarted) throw error;
    const { body } = errorAnswer(error);
    // Podman's clients read `error`; ours get the code too.
    yield Buffer.from(`${JSON.stringify({ error: body["message"], streamError: body })}\n`);
  }
}

const silenceMs = 50;
/** Waits for the first item or a short silence, so that early errors still become a status. */
async function firstOrSilence(iterator: AsyncIterator<Uint8Array>): Promise<{ readonly next: Promise<IteratorResult<Uint8Array>> }> {
  const next = iterator.next();
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, silenceMs);
  try { await Promise.race([next, timer.promise]); } finally { clearTimeout(handle); }
  return { next };
}

async function drained(stream: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => { stream.off("drain", done); stream.off("close", done); resolve(); };
    stream.once("drain", done);
    stream.once("close", done);
  });
}

async function forwardInput(socket: NodeDuplex, head: Uint8Array, session: Duplex): Promise<void> {
  try {
    if (head.length > 0) await session.write(head);
    // The plain iterator destroys the socket when the client half-closes it, and the output with it.
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) await session.write(chunk as Uint8Array);
    await session.closeWrite();
  } catch {
    // The client or the container went away: the output loop ends the session.
    session.close();
  }
}
