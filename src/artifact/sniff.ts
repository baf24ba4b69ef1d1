/** A file's media type by its first bytes: the common part of the WHATWG MIME sniffing standard. */

/** How many bytes are looked at. */
export const sniffBytes = 512;

const signatures: readonly (readonly [string, string])[] = [
  ["%PDF-", "application/pdf"], ["%!PS-Adobe-", "application/postscript"], ["\x89PNG\r\n\x1a\n", "image/png"], ["GIF87a", "image/gif"], ["GIF89a", "image/gif"],
  ["\xff\xd8\xff", "image/jpeg"], ["BM", "image/bmp"], ["\x1f\x8b\x08", "application/x-gzip"], ["PK\x03\x04", "application/zip"], ["Rar!\x1a\x07", "application/x-rar-compressed"],
  ["\0asm", "application/wasm"], ["OggS\0", "application/ogg"], ["\xfe\xff", "text/plain; charset=utf-16be"], ["\xff\xfe", "text/plain; charset=utf-16le"], ["\xef\xbb\xbf", "text/plain; charset=utf-8"],
];
const htmlTags = /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;

/** Never fails: what is not known is text or `application/octet-stream`. */
export function detectMediaType(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, sniffBytes)).toString("latin1");
  if (htmlTags.test(text)) return "text/html; charset=utf-8";
  if (/^[\t\n\f\r ]*<\?xml/.test(text)) return "text/xml; charset=utf-8";
  const found = signatures.find(([start]) => text.startsWith(start));
  if (found !== undefined) return found[1];
  return bytes.subarray(0, sniffBytes).some(isBinary) ? "application/octet-stream" : "text/plain; charset=utf-8";
}

/** Control characters that no text has; escape (0x1b) is one that text may have. */
function isBinary(code: number): boolean {
  return code <= 0x08 || code === 0x0b || (code >= 0x0e && code <= 0x1a) || (code >= 0x1c && code <= 0x1f);
}
