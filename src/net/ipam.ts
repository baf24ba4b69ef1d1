/**
 * The address book: Podman's own `ipam.db`, so that both engines hand out addresses from one book and neither gives one away
 * twice. Buckets: network → subnet → address (4 or 16 bytes) → container id, with `lastIP` for the next turn, and network →
 * `ids` → container id → JSON list of its addresses. It lives on tmpfs, so a reboot empties it.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../base/errors.ts";
import { fromLatin1, latin1, newBucket, readDatabase, type Bucket } from "../formats/bolt/read.ts";
import { writeDatabase } from "../formats/bolt/write.ts";
import { contains, firstIp, formatIp, ipBytes, ipFromBytes, lastIp, offsetIp, parseCidr, parseIp, sameIp, type Cidr, type Ip } from "../formats/ip.ts";
import { waitFlock } from "../sys/index.ts";
import type { Network, Subnet } from "./types.ts";

export interface Lease { readonly network: Network; readonly staticIps: readonly string[] }

const lastIpKey = "lastIP";
const idsKey = "ids";

/** Only these networks get addresses from us; the others are DHCP's or have none. */
export function needsAddresses(network: Network): boolean {
  const driver = network.ipam_options?.["driver"] ?? "";
  return (driver === "" || driver === "host-local") && (network.subnets ?? []).length > 0;
}

/**
 * One address per subnet and network (or the static ones), in one locked transaction: all or none. What the container still held there (a crash
 * came before its teardown) is taken back first. Returns the addresses per network name.
 * @throws conflict when a static address is taken, resource-exhausted when a subnet is full
 */
export async function allocate(file: string, containerId: string, leases: readonly Lease[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return inTransaction(file, (root) => {
    const result = new Map<string, readonly string[]>();
    for (const { network, staticIps } of leases.filter((lease) => needsAddresses(lease.network))) {
      const book = child(root, network.name);
      release(book, containerId);
      const addresses = (network.subnets ?? []).flatMap((subnet) => take(book, subnet, staticIps, containerId));
      const texts = addresses.map(formatIp);
      child(book, idsKey).values.set(containerId, fromLatin1(JSON.stringify(texts)));
      result.set(network.name, texts);
    }
    return result;
  });
}

/** What the container holds; empty when nothing. */
export async function assigned(file: string, containerId: string, networks: readonly Network[]): Promise<ReadonlyMap<string, readonly string[]>> {
  return inTransaction(file, (root) => {
    const held = networks.map((network): [string, readonly string[]] => [network.name, idsOf(root.buckets.get(network.name), containerId)]);
    return new Map(held.filter(([, addresses]) => addresses.length > 0));
  }, "read");
}

/** Gives the container's addresses back. Idempotent. */
export async function free(file: string, containerId: string, networkNames: readonly string[]): Promise<void> {
  await inTransaction(file, (root) => {
    for (const name of networkNames) {
      const book = root.buckets.get(name);
      if (book !== undefined) release(book, containerId);
    }
  });
}

/** Forgets a removed network. Idempotent. */
export async function forgetNetwork(file: string, networkName: string): Promise<void> {
  await inTransaction(file, (root) => { root.buckets.delete(networkName); });
}

/** All the static addresses in the subnet, or a free one. */
function take(book: Bucket, subnet: Subnet, staticIps: readonly string[], containerId: string): Ip[] {
  const cidr = cidrOf(subnet.subnet);
  const bucket = child(book, subnet.subnet);
  const wanted = staticIps.map(parseIp).filter((ip) => ip !== undefined && contains(cidr, ip)) as Ip[];
  for (const ip of wanted) {
    const holder = bucket.values.get(latin1(ipBytes(ip)));
    if (holder !== undefined) throw new EngineError("conflict", `IPAM error: requested ip address ${formatIp(ip)} is already allocated to container ID ${latin1(holder)}`);
    bucket.values.set(latin1(ipBytes(ip)), fromLatin1(containerId));
  }
  if (wanted.length > 0) return wanted;
  const ip = findFree(bucket, subnet, cidr);
  bucket.values.set(lastIpKey, ipBytes(ip));
  bucket.values.set(latin1(ipBytes(ip)), fromLatin1(containerId));
  return [ip];
}

/** Addresses go round: the search starts behind the last one given, so that a freed address rests before its next use. */
function findFree(bucket: Bucket, subnet: Subnet, cidr: Cidr): Ip {
  const { start, end } = rangeOf(subnet, cidr);
  const gateway = subnet.gateway === undefined ? undefined : parseIp(subnet.gateway);
  const isFree = (ip: Ip): boolean => !(gateway !== undefined && sameIp(ip, gateway)) && !bucket.values.has(latin1(ipBytes(ip)));
  const last = ipFromBytes(bucket.values.get(lastIpKey) ?? new Uint8Array());
  const isInside = last !== undefined && last.family === start.family && last.value >= start.value && last.value < end.value;
  const from = isInside ? offsetIp(last, 1n) : start;
  for (let ip = from; ip.value <= end.value; ip = offsetIp(ip, 1n)) if (isFree(ip)) return ip;
  for (let ip = start; ip.value < from.value; ip = offsetIp(ip, 1n)) if (isFree(ip)) return ip;
  throw new EngineError("resource-exhausted", `IPAM error: failed to find free IP in range: ${formatIp(start)} - ${formatIp(end)}`);
}

function rangeOf(subnet: Subnet, cidr: Cidr): { start: Ip; end: Ip } {
  const from = subnet.lease_range?.start_ip === undefined ? undefined : parseIp(subnet.lease_range.start_ip);
  const to = subnet.lease_range?.end_ip === undefined ? undefined : parseIp(subnet.lease_range.end_ip);
  const start = from === undefined || sameIp(from, cidr.base) ? firstIp(cidr) : from;
  const end = to ?? lastIp(cidr);
  // The last address of an IPv4 subnet is its broadcast address.
  return { start, end: end.family === 4 && sameIp(end, lastIp(cidr)) ? offsetIp(end, -1n) : end };
}

function release(book: Bucket, containerId: string): void {
  const ids = book.buckets.get(idsKey);
  for (const text of idsOf(book, containerId)) {
    const ip = parseIp(text);
    if (ip === undefined) continue;
    const key = latin1(ipBytes(ip));
    for (const subnet of book.buckets.values()) {
      const holder = subnet.values.get(key);
      if (holder !== undefined && latin1(holder) === containerId) subnet.values.delete(key);
    }
  }
  ids?.values.delete(containerId);
}

function idsOf(book: Bucket | undefined, containerId: string): readonly string[] {
  const value = book?.buckets.get(idsKey)?.values.get(containerId);
  if (value === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(latin1(value));
    return Array.isArray(parsed) ? parsed.filter((item) => typeof item === "string") : [];
  } catch { return []; }
}

function child(bucket: Bucket, key: string): Bucket {
  let found = bucket.buckets.get(key);
  if (found === undefined) bucket.buckets.set(key, found = newBucket());
  return found;
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new EngineError("invalid-argument", `invalid CIDR address: ${text}`);
  return cidr;
}

/**
 * Read, change, write under bbolt's lock. The change itself is synchronous, so tasks of this process cannot meet inside. An
 * error leaves the file as it was.
 */
async function inTransaction<T>(file: string, change: (root: Bucket) => T, mode: "read" | "write" = "write"): Promise<T> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  const fd = openSync(file, "a+", 0o600);
  try {
    await waitFlock(fd, mode);
    const size = fstatSync(fd).size;
    const bytes = new Uint8Array(size);
    for (let offset = 0, count = 1; offset < size && count > 0; offset += count) count = readSync(fd, bytes, offset, size - offset, offset);
    const previous = size === 0 ? undefined : readDatabase(bytes);
    const root = previous?.root ?? newBucket();
    const result = change(root);
    if (mode === "write") store(file, writeDatabase(root, previous));
    return result;
  } finally { closeSync(fd); }
}

function store(file: string, writes: ReturnType<typeof writeDatabase>): void {
  // A second descriptor: with O_APPEND the position of a write is ignored.
  const fd = openSync(file, "r+");
  try {
    for (const { offset, bytes } of writes) writeSync(fd, bytes, 0, bytes.length, offset);
  } finally { closeSync(fd); }
}
