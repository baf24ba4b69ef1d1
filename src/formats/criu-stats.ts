/** CRIU's `stats-dump` and `stats-restore`: two magic numbers, a length, and a protocol buffer. Pure. */

const serviceMagic = 0x55105940;
const statsMagic = 0x57093306;
const headerBytes = 12;
const maxFields = 64;

/** Numbers of the fields of DumpStatsEntry and RestoreStatsEntry (CRIU's images/stats.proto), by Podman's names. */
const dumpFields = { 1: "freezing_time", 2: "frozen_time", 3: "memdump_time", 4: "memwrite_time", 5: "pages_scanned", 7: "pages_written" } as const;
const restoreFields = { 1: "pages_compared", 2: "pages_skipped_cow", 3: "forking_time", 4: "restore_time", 5: "pages_restored" } as const;

/** `kind` says which half of the entry counts. Zeros are left out, as Go does. @throws Error for anything else */
export function parseCriuStats(bytes: Uint8Array, kind: "dump" | "restore"): Readonly<Record<string, number>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== serviceMagic || view.getUint32(4, true) !== statsMagic) throw new Error("no statistics of CRIU");
  const size = view.getUint32(8, true);
  const entry = bytes.subarray(headerBytes, headerBytes + size);
  const part = fieldsOf(entry).find(({ number }) => number === (kind === "dump" ? 1 : 2))?.bytes;
  if (part === undefined) throw new Error(`no statistics of a ${kind}`);
  const names: Readonly<Record<number, string>> = kind === "dump" ? dumpFields : restoreFields;
  return Object.fromEntries(fieldsOf(part).flatMap(({ number, value }) => {
    const name = names[number];
    return name === undefined || value === undefined || value === 0 ? [] : [[name, value]];
  }));
}

interface WireField { readonly number: number; readonly value?: number; readonly bytes?: Uint8Array }

/** Fields of one message: numbers and nested bytes; others do not occur. */
function fieldsOf(message: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let result = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = message[at++];
      if (byte === undefined) throw new Error("cut off");
      result += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return result;
    }
    throw new Error("a number is too long");
  };
  while (at < message.length && fields.length < maxFields) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ number, value: varint() });
    else if (tag % 8 === 2) {
      const length = varint();
      if (at + length > message.length) throw new Error("cut off");
      fields.push({ number, bytes: message.subarray(at, at + length) });
      at += length;
    } else throw new Error(`unknown kind of field ${tag % 8}`);
  }
  return fields;
}
