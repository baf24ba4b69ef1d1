/** multipart/form-data (RFC 7578) as a stream: parts come one after the other, each a stream of its own. */
import { EngineError } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";

/** What a part's head may have: names and types, no content. */
const maxHeadBytes = 16 * 1024;
const maxParts = 10_000;

export interface Part {
  readonly name: string;
  /** Empty when the part has none. */
  readonly filename: string;
  readonly data: ByteStream;
}

/** The boundary in a Content-Type; undefined when it is no multipart. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*(?:;|$)/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

const malformed = (why: string): EngineError => new EngineError("invalid-argument", `multipart: ${why}`);

/** Parts in order. What is not read of one is skipped when the next is asked for. @throws invalid-argument for anything malformed or cut off */
export async function* readParts(body: ByteStream, boundary: string): AsyncGenerator<Part> {
  const reader = new Reader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter has no line end before it.
  reader.push(Buffer.from("\r\n"));
  for await (const _preamble of reader.until(delimiter)) { /* nobody's */ }
  for (let count = 0; !await reader.atEnd(); count++) {
    if (count >= maxParts) throw malformed(`more than ${maxParts} parts`);
    const head = await reader.head();
    const data = reader.until(delimiter);
    yield { name: field(head, "name"), filename: field(head, "filename"), data };
    for await (const _rest of data) { /* was not wanted */ }
  }
}

/** A parameter of Content-Disposition. */
function field(head: string, name: string): string {
  const line = head.split("\r\n").find((each) => /^content-disposition:/i.test(each)) ?? "";
  const [, quoted, plain] = new RegExp(`[;\\s]${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(line) ?? [];
  return quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
}

class Reader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);
  constructor(body: ByteStream) { this.#iterator = body[Symbol.asyncIterator](); }

  push(bytes: Uint8Array): void { this.#buffer = this.#buffer.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#buffer, bytes]); }

  async #more(): Promise<void> {
    const next = await this.#iterator.next();
    if (next.done === true) throw malformed("unexpected end");
    this.push(next.value);
  }

  /** Everything before the delimiter, which is taken too. */
  async* until(delimiter: Buffer): ByteStream {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter);
      const length = at >= 0 ? at : Math.max(0, this.#buffer.length - delimiter.length + 1);
      if (length > 0) yield new Uint8Array(this.#buffer.subarray(0, length));
      this.#buffer = this.#buffer.subarray(at >= 0 ? at + delimiter.length : length);
      if (at >= 0) return;
      await this.#more();
    }
  }

  /** After a delimiter: `--` ends all, a line end begins a part. */
  async atEnd(): Promise<boolean> {
    while (this.#buffer.length < 2) await this.#more();
    if (this.#buffer.subarray(0, 2).toString("latin1") === "--") return true;
    const end = await this.#find("\r\n");
    if (this.#buffer.subarray(0, end).toString("latin1").trim() !== "") throw malformed("a delimiter goes on after its end");
    this.#buffer = this.#buffer.subarray(end + 2);
    return false;
  }

  async head(): Promise<string> {
    if (await this.#startsWith("\r\n")) { this.#buffer = this.#buffer.subarray(2); return ""; }
    const end = await this.#find("\r\n\r\n");
    const text = this.#buffer.subarray(0, end).toString("utf8");
    this.#buffer = this.#buffer.subarray(end + 4);
    return text;
  }

  async #startsWith(text: string): Promise<boolean> {
    while (this.#buffer.length < text.length) await this.#more();
    return this.#buffer.subarray(0, text.length).toString("latin1") === text;
  }

  async #find(text: string): Promise<number> {
    for (;;) {
      const at = this.#buffer.indexOf(text, 0, "latin1");
      if (at >= 0) return at;
      if (this.#buffer.length > maxHeadBytes) throw malformed(`a head is larger than ${maxHeadBytes} bytes`);
      await this.#more();
    }
  }
}

export interface OutgoingPart { readonly name: string; readonly filename?: string; readonly contentType?: string; readonly data: ByteStream }

/** The body for these parts; `boundary` must not occur in them. */
export async function* writeParts(parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>, boundary: string): ByteStream {
  for await (const { name, filename, contentType, data } of parts) {
    const file = filename === undefined ? "" : `; filename=${quoted(filename)}`;
    yield Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}${file}\r\n${contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`}\r\n`);
    yield* data;
    yield Buffer.from("\r\n");
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}
function quoted(text: string): string { return `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll(/[\r\n]/g, "_")}"`; }
