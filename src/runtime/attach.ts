/**
 * Attaches to a container or exec session through conmon's socket: SOCK_SEQPACKET; each packet from conmon is a stream number
 * and up to 8192 bytes, each packet to it is stdin, a half close is the end of stdin.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, isErrno, messageOf } from "../base/errors.ts";
import type { Duplex, OutputFrame } from "../contract/kit.ts";
import { connectPacketSocket, openPacketSocket, type PacketSocket, type WindowSize } from "../sys/index.ts";
import { createDetachScanner, parseDetachKeys } from "./detach-keys.ts";
import type { AttachRequest } from "./types.ts";

/** conmon's stream numbers. */
const streams: Readonly<Record<number, OutputFrame["stream"]>> = { 2: "stdout", 3: "stderr" };
/** conmon reads stdin into a buffer of this size; a larger packet would be cut. */
const maxPacketBytes = 8192;
/** Frames kept for a slow reader before conmon is made to wait, and when it may go on. */
const highWater = 64;
const lowWater = 16;

/**
 * Connects. Ends the output with an error of reason `detached` when the detach keys were written or the signal aborted.
 * @throws EngineError not-found when nobody listens (the container is not running), invalid-argument for the keys
 */
export async function attach(request: AttachRequest): Promise<Duplex> {
  // Without a terminal nobody types: the keys' bytes are data, and dropping them would corrupt what is piped in.
  const keys = parseDetachKeys(request.detachKeys);
  const scan = createDetachScanner(request.terminal ? keys : new Uint8Array(0));
  const queue = createFrameQueue(request);
  const socket = await connect(request.socketPath, queue);
  queue.socket = socket;
  const detach = (): void => {
    queue.end(new EngineError("aborted", "detached from container", { reason: "detached" }));
    socket.close();
  };
  request.signal?.addEventListener("abort", detach, { once: true });
  if (request.signal?.aborted === true) detach();
  return {
    terminal: request.terminal, output: queue.frames(),
    write: async (bytes) => {
      if (!request.stdin) return;
      const { data, detached } = scan(bytes);
      for (let offset = 0; offset < data.length; offset += maxPacketBytes) await socket.send(data.subarray(offset, offset + maxPacketBytes));
      if (detached) detach();
    },
    closeWrite: () => { socket.closeWrite(); return Promise.resolve(); },
    close: () => {
      request.signal?.removeEventListener("abort", detach);
      queue.end();
      socket.close();
    },
  };
}

async function connect(path: string, queue: FrameQueue): Promise<PacketSocket> {
  try {
    return await openPacketSocket(connectPacketSocket(path), { onPacket: queue.push, onClose: () => { queue.end(); } });
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ECONNREFUSED")) throw error;
    throw new EngineError("not-found", `failed to connect to container's attach socket: ${path}: ${messageOf(error)}`, { cause: error, reason: "container-not-running" });
  }
}

interface FrameQueue {
  socket: PacketSocket | undefined;
  readonly push: (packet: Uint8Array) => void;
  readonly end: (error?: Error) => void;
  readonly frames: () => AsyncIterable<OutputFrame>;
}

function createFrameQueue({ stdout, stderr }: AttachRequest): FrameQueue {
  const waiting: OutputFrame[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const queue: FrameQueue = {
    socket: undefined,
    push: (packet) => {
      const stream = streams[packet[0] ?? 0];
      if (stream === undefined || !(stream === "stdout" ? stdout : stderr) || packet.length < 2) return;
      waiting.push({ stream, data: packet.subarray(1) });
      if (waiting.length >= highWater) queue.socket?.pause();
      wake?.();
    },
    end: (error) => {
      if (ended) return;
      ended = true;
      failure = error;
      wake?.();
    },
    frames: async function* () {
      for (;;) {
        const frame = waiting.shift();
        if (waiting.length === lowWater) queue.socket?.resume();
        if (frame !== undefined) yield frame;
        else if (ended) break;
        else await new Promise<void>((resolve) => { wake = resolve; });
      }
      if (failure !== undefined) throw failure;
    },
  };
  return queue;
}

/**
 * Tells conmon the terminal's new size, through the FIFO beside the attach socket. Harmless when the container has ended.
 * @throws EngineError not-found when the container never ran
 */
export function resize(attachSocket: string, { height, width }: WindowSize): void {
  const fifo = join(dirname(attachSocket), "ctl");
  let fd: number;
  try {
    // Without O_NONBLOCK an ended conmon would leave us waiting for a reader for ever.
    fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, "ENXIO")) return;
    throw new EngineError("not-found", `could not open ctl file for terminal resize: ${messageOf(error)}`, { cause: error });
  }
  try { writeSync(fd, `1 ${height} ${width}\n`); } finally { closeSync(fd); }
}
