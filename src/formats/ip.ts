/**
 * IP addresses and subnets as numbers. An IPv4 address inside IPv6 (`::ffff:1.2.3.4`) is the IPv4 address, as in Go's `net`
 * package, whose text form netavark's files use. Pure.
 */
export interface Ip { readonly family: 4 | 6; readonly value: bigint }
/** `base` is the network address, `address` what was written before the slash. */
export interface Cidr { readonly base: Ip; readonly address: Ip; readonly prefix: number }

const bitsOf = (family: 4 | 6): number => family === 4 ? 32 : 128;
const decimalByte = /^(0|[1-9][0-9]{0,2})$/;

/** undefined for anything that is not exactly one address (zones are refused). */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(":")) {
    const value = parseV4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => decimalByte.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = [groups(halves[0] ?? ""), groups(halves[1] ?? "")];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail].reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groups(text: string): number[] | undefined {
  if (text === "") return [];
  const result: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".") && index === parts.length - 1) {
      const embedded = parseV4(part);
      if (embedded === undefined) return undefined;
      result.push(Number(embedded >> 16n), Number(embedded & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) result.push(parseInt(part, 16));
    else return undefined;
  }
  return result;
}

/** Canonical text: RFC 5952 for IPv6. */
export function formatIp(ip: Ip): string {
  if (ip.family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((ip.value >> shift) & 0xffn)).join(".");
  const parts = Array.from({ length: 8 }, (_, index) => Number((ip.value >> BigInt((7 - index) * 16)) & 0xffffn));
  const zeros = longestZeroRun(parts);
  const hex = (from: number, to?: number): string => parts.slice(from, to).map((part) => part.toString(16)).join(":");
  return zeros.length < 2 ? hex(0) : `${hex(0, zeros.start)}::${hex(zeros.start + zeros.length)}`;
}

function longestZeroRun(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < parts.length; start++) {
    let length = 0;
    while (parts[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** undefined when the text is no subnet in `address/prefix` form. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash === -1) return undefined;
  const address = parseIp(text.slice(0, slash));
  const prefixText = text.slice(slash + 1);
  if (address === undefined || !decimalByte.test(prefixText)) return undefined;
  const prefix = Number(prefixText);
  if (prefix > bitsOf(address.family)) return undefined;
  return makeCidr(address, prefix);
}

export function makeCidr(address: Ip, prefix: number): Cidr {
  return { address, prefix, base: { family: address.family, value: address.value & ~hostMask(address.family, prefix) } };
}
const hostMask = (family: 4 | 6, prefix: number): bigint => (1n << BigInt(bitsOf(family) - prefix)) - 1n;

/** Text of the network (host bits cleared). */
export function formatCidr(cidr: Cidr): string { return `${formatIp(cidr.base)}/${cidr.prefix}`; }

export function contains(cidr: Cidr, ip: Ip): boolean {
  return ip.family === cidr.base.family && (ip.value & ~hostMask(ip.family, cidr.prefix)) === cidr.base.value;
}
export function intersects(a: Cidr, b: Cidr): boolean { return contains(a, b.base) || contains(b, a.base); }

export function lastIp(cidr: Cidr): Ip { return { family: cidr.base.family, value: cidr.base.value | hostMask(cidr.base.family, cidr.prefix) }; }
/** The first address after the network's own; the only one of a /32 or /128. */
export function firstIp(cidr: Cidr): Ip { return cidr.prefix === bitsOf(cidr.base.family) ? cidr.base : offsetIp(cidr.base, 1n); }
export function offsetIp(ip: Ip, by: bigint): Ip { return { family: ip.family, value: ip.value + by }; }
/** The neighbour subnet of the same size; undefined at the end of the address space. */
export function nextSubnet(cidr: Cidr): Cidr | undefined {
  const value = lastIp(cidr).value + 1n;
  return cidr.prefix === 0 || value >> BigInt(bitsOf(cidr.base.family)) !== 0n ? undefined : makeCidr({ family: cidr.base.family, value }, cidr.prefix);
}

/** 4 or 16 bytes in network order. */
export function ipBytes(ip: Ip): Uint8Array {
  const size = ip.family === 4 ? 4 : 16;
  return Uint8Array.from({ length: size }, (_, index) => Number((ip.value >> BigInt((size - 1 - index) * 8)) & 0xffn));
}
export function ipFromBytes(bytes: Uint8Array): Ip | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: bytes.length === 4 ? 4 : 6, value };
}
export function sameIp(a: Ip, b: Ip): boolean { return a.family === b.family && a.value === b.value; }

/** A 6-byte MAC in lower case with colons; `-` and Cisco's dots are taken too. undefined for anything else. */
export function parseMac(text: string): string | undefined {
  const pairs = /^([0-9a-fA-F]{2})([:-][0-9a-fA-F]{2}){5}$/.test(text) ? text.split(/[:-]/)
    : /^([0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}$/.test(text) ? text.replaceAll(".", "").match(/../g) : null;
  return pairs === null ? undefined : pairs.join(":").toLowerCase();
}
