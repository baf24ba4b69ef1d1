/** The API service as a process: where it listens, and when it ends. podman-system-service(1). */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import type { ListenOptions } from "node:net";
import { dirname } from "node:path";
import type { ApiServer } from "../api/server.ts";
import { EngineError, within } from "../base/errors.ts";

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
  const target = listenTarget(options);
  if (target.path !== undefined) prepareSocket(target.path);
  await listen(server, target, options.address ?? "the inherited socket");
  if (target.path !== undefined) chmodSync(target.path, 0o700);
  options.onListening?.();
  try { await untilEnd(server, options); } finally {
    server.http.closeAllConnections();
    server.http.close();
    if (target.path !== undefined) rmSync(target.path, { force: true });
  }
}

interface Target extends ListenOptions { readonly fd?: number }

function listenTarget({ address, env }: ServiceOptions): Target {
  // systemd's socket activation: descriptor 3 is the listening socket.
  if (address === undefined || (env["LISTEN_FDS"] !== undefined && env["LISTEN_PID"] === String(process.pid))) return { fd: 3 };
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

async function listen(server: ApiServer, target: Target, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.http.once("error", (error) => { reject(within(`unable to create socket ${name}`, error)); });
    server.http.listen(target, resolve);
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
