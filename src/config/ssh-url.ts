/** Addresses of services on other machines: `ssh://user@host[:port]/path/of/podman.sock`. podman-system-connection(1) */
import { EngineError } from "../base/errors.ts";

export interface SshTarget { readonly host: string; readonly user?: string; readonly port?: string; readonly path: string }

/** @throws invalid-argument */
export function parseSshUrl(text: string): SshTarget {
  let url: URL;
  try { url = new URL(text); } catch (cause) { throw new EngineError("invalid-argument", `connect to "${text}": not an address`, { cause }); }
  const host = decodeURIComponent(url.hostname);
  const user = decodeURIComponent(url.username);
  // A host or user that looks like an option would be one.
  if (host === "" || host.startsWith("-") || user.startsWith("-")) throw new EngineError("invalid-argument", `connect to "${text}": unsupported address`, { hint: "use ssh://user@host:port/path/of/podman.sock" });
  const path = url.pathname === "" || url.pathname === "/" ? "/run/podman/podman.sock" : decodeURIComponent(url.pathname);
  return { host, path, ...(user !== "" && { user }), ...(url.port !== "" && { port: url.port }) };
}
