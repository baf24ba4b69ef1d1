/** A connection to a service: `unix:///path`, `tcp://host:port`. One HTTP request or one hijacked stream at a time each. */
import { connect, type Socket } from "node:net";
import { EngineError } from "../../base/errors.ts";

export interface Address { readonly unix?: string; readonly host?: string; readonly port?: number; readonly url: string }

/** @throws invalid-argument for a scheme we do not speak */
export function parseAddress(url: string): Address {
  const unix = /^unix:\/\/(\/.*)$/.exec(url)?.[1] ?? /^unix:(\/[^/].*)$/.exec(url)?.[1];
  if (unix !== undefined) return { unix, url };
  const tcp = /^(?:tcp|http):\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(url);
  if (tcp?.[1] !== undefined) return { host: tcp[1].replace(/^\[|\]$/g, ""), port: Number(tcp[2]), url };
  throw new EngineError("invalid-argument", `connect to "${url}": unsupported address`, { hint: "use unix:///path/to/podman.sock or tcp://host:port" });
}

/** The arguments that Bun's fetch needs to reach the address. */
export function fetchTarget(address: Address, path: string): { readonly url: string; readonly unix?: string } {
  if (address.unix !== undefined) return { url: `http://d${path}`, unix: address.unix };
  const host = address.host?.includes(":") === true ? `[${address.host}]` : address.host;
  return { url: `http://${host}:${address.port}${path}` };
}

/** An open socket to the address. @throws unavailable */
export async function openSocket(address: Address): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = address.unix === undefined ? { host: address.host ?? "localhost", port: address.port ?? 0 } : { path: address.unix };
    const socket = connect({ ...target, allowHalfOpen: true });
    socket.once("connect", () => { socket.removeAllListeners("error"); resolve(socket); });
    socket.once("error", (cause) => { reject(unreachable(address, cause)); });
  });
}

export function unreachable(address: Address, cause: unknown): EngineError {
  return new EngineError("unavailable", `unable to connect to Podman socket: ${address.url}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause, hint: "start the service with `podman system service`, or check --url and CONTAINER_HOST",
  });
}
