/**
 * SOCK_SEQPACKET unix sockets, as conmon speaks: one `send` is one packet, and borders carry meaning. `Bun.file(fd).stream()`
 * joins packets that arrive together, so packets are read through Bun's socket loop (`connect` with a descriptor), which
 * delivers each `recv` by itself.
 */
import { closeSync, openSync, constants } from "node:fs";
import { basename, dirname } from "node:path";
import { SysError } from "../base/errors.ts";
import { c, check, cstring, ptr, retry } from "./libc.ts";
import { socket as flags, syscallNumbers } from "./abi.ts";

/** Two connected sockets, both close-on-exec; the first one does not block. */
export function packetSocketPair(): { readonly ours: number; readonly theirs: number } {
  const fds = new Int32Array(2);
  check(c.socketpair(flags.unix, flags.seqpacket | flags.cloexec, 0, ptr(fds)), "socketpair");
  return { ours: fds[0] ?? -1, theirs: fds[1] ?? -1 };
}

/** Sends one small packet on a socket that nobody reads through the event loop. False when the other side is gone. */
export function sendNow(fd: number, packet: Uint8Array): boolean {
  return Number(c.send(fd, ptr(packet), packet.length, flags.msgNosignal)) === packet.length;
}

/** sun_path holds 108 bytes with its NUL. */
const maxPathBytes = 107;

/**
 * Connects to a SOCK_SEQPACKET socket. Any path length works: a long one goes through `/proc/self/fd` of its directory.
 * @throws SysError ENOENT, ECONNREFUSED (nobody listens any more)
 */
export function connectPacketSocket(path: string): number {
  const directory = Buffer.byteLength(path) > maxPathBytes ? openSync(dirname(path), constants.O_DIRECTORY | constants.O_RDONLY) : undefined;
  const fd = check(c.socket(flags.unix, flags.seqpacket | flags.cloexec, 0), "socket");
  try {
    const address = unixAddress(directory === undefined ? path : `/proc/self/fd/${directory}/${basename(path)}`);
    retry(() => c.connect(fd, ptr(address), address.length), "connect", path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

/** Sends one datagram to a unix socket and forgets it. @throws SysError ENOENT, ECONNREFUSED, EMSGSIZE */
export function sendDatagram(path: string, data: Uint8Array): void {
  const fd = check(c.socket(flags.unix, flags.datagram | flags.cloexec, 0), "socket");
  try {
    const address = unixAddress(path);
    retry(() => c.connect(fd, ptr(address), address.length), "connect", path);
    retry(() => c.send(fd, ptr(data), data.length, flags.msgNosignal), "send", path);
  } finally { closeSync(fd); }
}

/** struct sockaddr_un: u16 family, then the path with its NUL. */
function unixAddress(path: string): Uint8Array {
  const name = cstring(path);
  if (name.length > maxPathBytes + 1) throw new SysError("connect", "ENAMETOOLONG", path);
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, flags.unix, true);
  address.set(name, 2);
  return address;
}

export interface PacketHandlers {
  /** Each call is one packet. The bytes are the callee's to keep. */
  readonly onPacket: (packet: Uint8Array) => void;
  /** The other side closed, or we did. Called once. */
  readonly onClose: () => void;
}
export interface PacketSocket {
  /** Sends one packet; resolves when the kernel has it. After the other side closed it resolves at once and drops the data. */
  send(packet: Uint8Array): Promise<void>;
  /** Half close (SHUT_WR). Harmless when closed. */
  closeWrite(): void;
  /** Stops and continues reading: back pressure. */
  pause(): void;
  resume(): void;
  /** Closes the descriptor. Any number of times. */
  close(): void;
}

interface BunSocket { write(data: Uint8Array): number; terminate(): void; pause(): void; resume(): void }

/** Takes over `fd`, which is closed with the socket. */
export async function openPacketSocket(fd: number, handlers: PacketHandlers): Promise<PacketSocket> {
  let isOpen = true;
  let drained: (() => void) | undefined;
  const closed = (): void => {
    if (!isOpen) return;
    isOpen = false;
    drained?.();
    handlers.onClose();
  };
  // The types of Bun do not name `fd`, which its own node:net uses.
  const options = { fd, socket: {
    binaryType: "uint8array",
    data: (_: unknown, packet: Uint8Array) => { handlers.onPacket(packet); },
    drain: () => { drained?.(); },
    close: closed, error: closed,
  } };
  const socket = await Bun.connect(options as never) as BunSocket;
  const whenDrained = (): Promise<void> => new Promise((resolve) => { drained = () => { drained = undefined; resolve(); }; });
  return {
    send: async (packet) => { while (isOpen && socket.write(packet) <= 0) await whenDrained(); },
    closeWrite: () => { if (isOpen) c.shutdown(fd, 1); },
    pause: () => { if (isOpen) socket.pause(); },
    resume: () => { if (isOpen) socket.resume(); },
    close: () => { if (isOpen) socket.terminate(); closed(); },
  };
}

/**
 * Waits, without polling, until the process ends; resolves at once when it is gone already. Works for any process, not only
 * for children: the event loop watches a pidfd, whose "read" fails once it becomes readable.
 */
export async function waitForProcess(pid: number, signal?: AbortSignal): Promise<void> {
  const fd = Number(c.syscall(syscallNumbers.pidfdOpen, pid, 0, 0, 0, 0, 0));
  if (fd === -1) return;
  await new Promise<void>((resolve, reject) => {
    let watcher: PacketSocket | undefined;
    const abort = (): void => { watcher?.close(); };
    signal?.addEventListener("abort", abort, { once: true });
    const onClose = (): void => { signal?.removeEventListener("abort", abort); resolve(); };
    openPacketSocket(fd, { onPacket: () => undefined, onClose }).then((socket) => {
      watcher = socket;
      if (signal?.aborted === true) socket.close();
    }, reject);
  });
  signal?.throwIfAborted();
}
