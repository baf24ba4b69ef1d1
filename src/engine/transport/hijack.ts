/** A hijacked request: HTTP upgrade on a socket of our own, then frames both ways (Docker Engine API, attach). */
import type { Socket } from "node:net";
import { EngineError } from "../../base/errors.ts";
import { decodeFrames, rawFrames } from "../../contract/frames.ts";
import type { ByteStream, Duplex } from "../../contract/kit.ts";
import { decodeError } from "../decode-error.ts";
import { openSocket, type Address } from "./connection.ts";

export interface HijackRequest { readonly method: string; readonly path: string; readonly body?: unknown; readonly signal?: AbortSignal }

/** A header longer than this is no header. */
const maxHeadBytes = 64 * 1024;

/** Opens the session. @throws the service's error, unavailable */
export async function hijack(address: Address, request: HijackRequest): Promise<Duplex> {
  request.signal?.throwIfAborted();
  const socket = await openSocket(address);
  socket.on("error", () => { socket.destroy(); });
  request.signal?.addEventListener("abort", () => { socket.destroy(); }, { once: true });
  const body = request.body === undefined ? "" : JSON.stringify(request.body);
  socket.write(`${request.method} ${request.path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const head = await readHead(chunks);
  if (head.status !== 101 && head.status !== 200) {
    const text = await readText(chunks, head.rest);
    socket.destroy();
    throw decodeError(head.status, text);
  }
  return duplexOf(socket, chunks, head);
}

interface Head { readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly rest: Uint8Array }

async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Head> {
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const end = Buffer.from(bytes).indexOf("\r\n\r\n");
    if (end !== -1) return parseHead(Buffer.from(bytes.subarray(0, end)).toString("latin1"), bytes.subarray(end + 4));
    const next = await chunks.next();
    if (next.done === true || bytes.length > maxHeadBytes) throw new EngineError("unavailable", "attach: the service closed the connection");
    bytes = Buffer.concat([bytes, next.value]);
  }
}

function parseHead(text: string, rest: Uint8Array): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
  return { status: Number(statusLine.split(" ")[1]), headers, rest };
}

/** The error body: to its Content-Length, since a keep-alive service does not close. */
async function readText(chunks: AsyncIterator<Uint8Array>, first: Uint8Array): Promise<string> {
  let text = Buffer.from(first).toString();
  while (!isJson(text) && text.length < maxHeadBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    text += Buffer.from(next.value).toString();
  }
  return text;
}
function isJson(text: string): boolean {
  try { JSON.parse(text); return true; } catch { return false; }
}

function duplexOf(socket: Socket, chunks: AsyncIterator<Uint8Array>, head: Head): Duplex {
  const terminal = head.headers.get("content-type") !== "application/vnd.docker.multiplexed-stream";
  const bytes = following(head.rest, chunks);
  return {
    terminal,
    output: terminal ? rawFrames(bytes) : decodeFrames(bytes),
    write: async (data) => new Promise<void>((resolve, reject) => { socket.write(data, (error) => { if (error) reject(error); else resolve(); }); }),
    closeWrite: async () => new Promise<void>((resolve) => { socket.end(() => { resolve(); }); }),
    close: () => { socket.destroy(); },
  };
}

async function* following(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): ByteStream {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
