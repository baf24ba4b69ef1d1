/** The API service as a process: where it listens, and when it ends. podman-system-service(1). */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ApiServer } from "../api/server.ts";
import { EngineError, within } from "../base/errors.ts";
import { sendDatagram } from "../sys/index.ts";

export interface ServiceOptions {
  /** `unix:///path` or `tcp://host:port`; undefined with socket activation. */
  readonly address: string | undefined;
  /** 0: never ends by itself. */
  readonly idleSeconds: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onListening?: () => void;
}

/** Serves until the signal, or until nothing happened for the idle time. The socket file is removed at the end. */
export async function serve(server: ApiServer, options: ServiceOptions): Promise<void> {
  if (isActivated(options)) { await serveInherited(server, options); return; }
  const target = listenTarget(options);
  if (target.path !== undefined) prepareSocket(target.path);
  await listen(server.http, target, options.address ?? "");
  if (target.path !== undefined) chmodSync(target.path, 0o700);
  options.onListening?.();
  try { await untilEnd(server, options); } finally {
    server.http.closeAllConnections();
    server.http.close();
    if (target.path !== undefined) rmSync(target.path, { force: true });
  }
}

/**
 * Tells the service manager that started us, once, when the service listens. What tells of our unit is taken out of the environment at
 * once: a container that the service starts is no part of it.
 */
export function takeReadiness(env: Record<string, string | undefined>): () => void {
  const socket = env["NOTIFY_SOCKET"] ?? "";
  delete env["NOTIFY_SOCKET"];
  delete env["INVOCATION_ID"];
  return () => { if (socket !== "") sendDatagram(socket, Buffer.from(`MAINPID=${process.pid}\nREADY=1`)); };
}

/** systemd's socket activation: descriptor 3 is the listening socket. sd_listen_fds(3) */
const inheritedFd = 3;
const isActivated = ({ address, env }: ServiceOptions): boolean => address === undefined || (env["LISTEN_FDS"] !== undefined && env["LISTEN_PID"] === String(process.pid));

/**
 * Bun's HTTP server takes no descriptor (it listens on a port of its own instead), but its plain one does: that accepts, and joins
 * every connection with the HTTP server on a socket in a private folder. The inherited socket stays systemd's.
 */
async function serveInherited(server: ApiServer, options: ServiceOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "podman-service-"));
  const path = join(folder, "api.sock");
  const front = createServer({ allowHalfOpen: true }, (client) => { couple(client, connect({ path, allowHalfOpen: true })); });
  try {
    await listen(server.http, { path }, "of the service");
    await listen(front, { fd: inheritedFd }, "that was inherited");
    options.onListening?.();
    await untilEnd(server, options);
  } finally {
    front.close();
    server.http.closeAllConnections();
    server.http.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function couple(client: Socket, service: Socket): void {
  for (const [from, to] of [[client, service], [service, client]] as const) {
    from.pipe(to);
    from.on("error", () => { to.destroy(); });
    from.on("close", () => { if (!to.writableEnded) to.destroy(); });
  }
}

function listenTarget({ address = "" }: ServiceOptions): ListenOptions {
  const unix = /^unix:(?:\/\/)?(\/.*)$/.exec(address)?.[1] ?? (address.startsWith("/") ? address : undefined);
  if (unix !== undefined) return { path: unix };
  const tcp = /^tcp:(?:\/\/)?(\[[^\]]+\]|[^:]*):(\d+)$/.exec(address);
  if (tcp !== null) return { host: (tcp[1] ?? "").replaceAll(/[[\]]/g, "") || "localhost", port: Number(tcp[2]) };
  throw new EngineError("invalid-argument", `API Service endpoint scheme ${JSON.stringify(address)} is not supported. Try tcp://${address} or unix:/${address}`);
}

/** A socket file of a service that died would make listen fail. */
function prepareSocket(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
}

async function listen(server: Server, target: ListenOptions | { readonly fd: number }, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => { reject(within(`unable to create socket ${name}`, error)); });
    server.listen(target, resolve);
  });
}

async function untilEnd(server: ApiServer, { idleSeconds, signal }: ServiceOptions): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const rearm = (): void => {
      clearTimeout(timer);
      if (idleSeconds > 0 && server.active() === 0) timer = setTimeout(resolve, idleSeconds * 1000);
    };
    server.onActivity = rearm;
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
    rearm();
  });
}
