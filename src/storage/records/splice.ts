/**
 * Changing single records in the JSON text of a list, without encoding the others: a store with a thousand images has
 * megabytes of layers.json, and a new container changes one record. Pure.
 */

/** `undefined`: the record goes. */
export type Change = readonly [id: string, encoded: string | undefined];

/** The text of a list of `count` records with the changes, or undefined when it is not written as we and Go write it: encode everything then. */
export function spliceRecords(text: string, count: number, changes: readonly Change[]): string | undefined {
  // Objects with an id that are not records of the list: a mark might be found inside of another record.
  if (occurrences(text, opening) !== count || changes.some(([, encoded]) => encoded !== undefined && occurrences(encoded, opening) !== 1)) return undefined;
  let result = text;
  for (const [id, encoded] of changes) {
    const next = spliceOne(result, id, encoded);
    if (next === undefined) return undefined;
    result = next;
  }
  return result;
}

const opening = "{\"id\":";

function occurrences(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found++;
  return found;
}

function spliceOne(text: string, id: string, encoded: string | undefined): string | undefined {
  if (!text.startsWith("[") || !text.endsWith("]")) return undefined;
  const mark = `{"id":${JSON.stringify(id)}`;
  const start = text.indexOf(mark);
  if (start === -1) return encoded === undefined ? text : append(text, encoded);
  if (text.includes(mark, start + 1) || (start > 1 && text[start - 1] !== ",")) return undefined;
  const end = endOfObject(text, start);
  if (end === undefined) return undefined;
  if (encoded !== undefined) return text.slice(0, start) + encoded + text.slice(end);
  return text[end] === "," ? text.slice(0, start) + text.slice(end + 1) : text.slice(0, text[start - 1] === "," ? start - 1 : start) + text.slice(end);
}

function append(text: string, encoded: string): string {
  return text === "[]" ? `[${encoded}]` : `${text.slice(0, -1)},${encoded}]`;
}

/** Index after the brace that closes the object at `start`. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text.charAt(at)) {
      case "\"": at = endOfString(text, at); break;
      case "{": depth++; break;
      case "}": if (--depth === 0) return at + 1; break;
    }
  }
  return undefined;
}

/** Index of the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length && text[at] !== "\""; at++) if (text[at] === "\\") at++;
  return at;
}
