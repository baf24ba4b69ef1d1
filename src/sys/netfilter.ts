/** What the kernel's packet filter (nftables) holds, asked over netlink: no program, no wait. linux/netfilter/nfnetlink.h, nf_tables.h */
import { SysError } from "../base/errors.ts";
import { c, check, ptr, retry } from "./libc.ts";
import { errnoNames } from "./errno.ts";
import { netfilter, netlink, socket } from "./abi.ts";

export type PacketFamily = "ip" | "ip6" | "inet";
const families: Readonly<Record<PacketFamily, number>> = { inet: 1, ip: 2, ip6: 10 };
/** Rules of one chain; more is not looked at. */
const maxBytes = 4 * 1024 * 1024;
const bufferBytes = 64 * 1024;
const newRule = (netfilter.subsystem << 8) | netfilter.newRule;

/**
 * True when a rule of the chain has the text in it (a comment, the name of a chain it jumps to). A table or chain that is not
 * there has none. For the network namespace of the calling thread. @throws SysError EPERM without CAP_NET_ADMIN, EPROTONOSUPPORT without nftables
 */
export function chainMentions(family: PacketFamily, table: string, chain: string, text: string): boolean {
  const fd = check(c.socket(netlink.family, socket.raw | socket.cloexec, netlink.netfilter), "socket", "netlink");
  try {
    const request = ruleRequest(family, table, chain);
    retry(() => c.send(fd, ptr(request), request.length, socket.msgNosignal), "send", "netlink");
    return readUntil(fd, Buffer.from(text));
  } finally { c.close(fd); }
}

/** struct nlmsghdr, struct nfgenmsg, then the two names as attributes. */
function ruleRequest(family: PacketFamily, table: string, chain: string): Uint8Array {
  const attributes = [attribute(netfilter.ruleTable, table), attribute(netfilter.ruleChain, chain)];
  const length = 20 + attributes.reduce((sum, one) => sum + one.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setUint16(4, (netfilter.subsystem << 8) | netfilter.getRule, true);
  view.setUint16(6, netlink.request | netlink.dump, true);
  bytes[16] = families[family];
  let offset = 20;
  for (const one of attributes) { bytes.set(one, offset); offset += one.length; }
  return bytes;
}

/** Length (without padding), type, the text with its NUL, padding to four bytes. */
function attribute(type: number, text: string): Uint8Array {
  const value = Buffer.from(`${text}\0`);
  const bytes = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 4 + value.length, true);
  view.setUint16(2, type, true);
  bytes.set(value, 4);
  return bytes;
}

/** The kernel answers at once, in as many messages as it needs, and ends with "done" or an error. */
function readUntil(fd: number, text: Buffer): boolean {
  const buffer = new Uint8Array(bufferBytes);
  for (let total = 0; total < maxBytes;) {
    const count = retry(() => c.recv(fd, ptr(buffer), buffer.length, 0), "recv", "netlink");
    if (count === 0) return false;
    total += count;
    const messages = split(buffer.subarray(0, count));
    if (messages.some(({ type, body }) => type === newRule && Buffer.from(body.buffer, body.byteOffset, body.length).includes(text))) return true;
    const end = messages.find(({ type }) => type === netlink.done || type === netlink.error);
    if (end !== undefined) { if (end.type === netlink.error) checkError(end.body); return false; }
  }
  return false;
}

/** `type` as in the header. */
interface Message { readonly type: number; readonly body: Uint8Array }
function split(bytes: Uint8Array): Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: Message[] = [];
  for (let offset = 0; offset + 16 <= bytes.length;) {
    const length = view.getUint32(offset, true);
    if (length < 16 || offset + length > bytes.length) break;
    messages.push({ type: view.getUint16(offset + 4, true), body: bytes.subarray(offset + 16, offset + length) });
    offset += Math.ceil(length / 4) * 4;
  }
  return messages;
}

function checkError(body: Uint8Array): void {
  const code = -new DataView(body.buffer, body.byteOffset, body.length).getInt32(0, true);
  const name = errnoNames[code] ?? `errno ${code}`;
  if (code !== 0 && name !== "ENOENT") throw new SysError("netlink", name);
}
