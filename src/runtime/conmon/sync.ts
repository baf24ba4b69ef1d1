/** conmon's side channels: sockets over which it says how a step went, one JSON line each, and waits for a go-ahead. */
import { EngineError } from "../../base/errors.ts";
import { openPacketSocket, packetSocketPair, sendNow, type PacketSocket } from "../../sys/index.ts";

/** One line; a message is the runtime's stderr. */
const maxLineBytes = 64 * 1024;
/** Podman's own limit for a create. */
const timeoutMs = 240_000;

/** `data` is a pid, an exit status, or negative for failure. */
export interface SyncLine { readonly data: number; readonly message: string }

export interface SyncPipe {
  /** Descriptor for conmon. Close it after the spawn. */
  readonly theirs: number;
  /** The next line; undefined when conmon closed without one. @throws EngineError deadline-exceeded, internal for anything but JSON */
  next(): Promise<SyncLine | undefined>;
  close(): void;
}

export async function openSyncPipe(): Promise<SyncPipe> {
  const { ours, theirs } = packetSocketPair();
  let buffered = "";
  let isClosed = false;
  let wake: (() => void) | undefined;
  const socket: PacketSocket = await openPacketSocket(ours, {
    onPacket: (packet) => {
      if (buffered.length < maxLineBytes) buffered += Buffer.from(packet).toString("utf8");
      wake?.();
    },
    onClose: () => { isClosed = true; wake?.(); },
  });
  const next = async (): Promise<SyncLine | undefined> => {
    while (!buffered.includes("\n") && !isClosed) await withTimeout((resolve) => { wake = resolve; });
    const end = buffered.indexOf("\n");
    const line = end === -1 ? buffered : buffered.slice(0, end);
    buffered = end === -1 ? "" : buffered.slice(end + 1);
    return line === "" ? undefined : parseLine(line);
  };
  return { theirs, next, close: () => { socket.close(); } };
}

function parseLine(line: string): SyncLine {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && "data" in value && Number.isInteger(value.data)) {
      const message = "message" in value && typeof value.message === "string" ? value.message : "";
      return { data: Number(value.data), message };
    }
  } catch { /* not JSON: reported below */ }
  throw new EngineError("internal", `conmon bytes ${JSON.stringify(line.slice(0, 200))}: not a status line`);
}

async function withTimeout(start: (resolve: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => { reject(new EngineError("deadline-exceeded", "container creation timeout: internal libpod error")); }, timeoutMs);
      start(resolve);
    });
  } finally { clearTimeout(timer); }
}

/** A socket that only carries go-aheads to conmon. */
export interface StartPipe { readonly theirs: number; signal(): void; close(): void }

export function openStartPipe(closeFd: (fd: number) => void): StartPipe {
  const { ours, theirs } = packetSocketPair();
  let isOpen = true;
  return {
    theirs,
    signal: () => { sendNow(ours, new Uint8Array(1)); },
    close: () => { if (isOpen) { isOpen = false; closeFd(ours); } },
  };
}
