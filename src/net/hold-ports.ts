/** Ports of the host that a container publishes, taken at start. */
import type { PortPublish } from "../contract/types/container-create.ts";
import { describeErrno, EngineError, isErrno, SysError } from "../base/errors.ts";
import { holdPort, type HeldPort } from "../sys/index.ts";
import { addressBytes, splitPort, type Protocol } from "./ports.ts";

/** A port that is held, and where it leads. */
export interface HeldSocket { readonly fd: number; readonly protocol: Protocol; readonly containerPort: number; readonly isV6: boolean }
/** Ports held open until `release`; the descriptors may be given to conmon, which then keeps them for the container's life. */
export interface HeldPorts { readonly sockets: readonly HeldSocket[]; readonly fds: readonly number[]; release(): void }

/**
 * Takes every host port as a server would, before any firewall rule points at it: so a port in use is an error with the name
 * of the port, and another server cannot take it while the container lives. Without an address of the host that is IPv4's
 * wildcard and IPv6's, because both are forwarded.
 * @throws conflict/port-in-use, permission-denied
 */
export function holdPorts(ports: readonly PortPublish[]): HeldPorts {
  const held: (HeldSocket & { readonly close: () => void })[] = [];
  const release = (): void => { for (const one of held.splice(0)) one.close(); };
  try {
    for (const { protocol, hostIp, hostPort, containerPort, range } of ports.flatMap(splitPort)) {
      for (let offset = 0; offset < range; offset++) {
        for (const { fd, close, isV6 } of holdOne(protocol, hostIp, hostPort + offset)) held.push({ fd, close, isV6, protocol, containerPort: containerPort + offset });
      }
    }
  } catch (error) {
    release();
    throw error;
  }
  return { sockets: held.map(({ close: _close, ...socket }) => socket), fds: held.map(({ fd }) => fd), release };
}

type OnePort = HeldPort & { readonly isV6: boolean };

function holdOne(protocol: Protocol, hostIp: string, port: number): OnePort[] {
  const first = bindOne(protocol, hostIp, port, addressBytes(hostIp));
  if (hostIp !== "") return first;
  try { return [...first, ...bindOne(protocol, hostIp, port, new Uint8Array(16))]; } catch (error) {
    for (const one of first) one.close();
    throw error;
  }
}

/** None where the kernel does not have the family or the protocol and nobody asked for it by address. */
function bindOne(protocol: Protocol, hostIp: string, port: number, address: Uint8Array): OnePort[] {
  try { return [{ ...holdPort(protocol, address, port), isV6: address.length === 16 }]; } catch (error) {
    if (!(error instanceof SysError)) throw error;
    const isV6 = address.length === 16;
    // Without SCTP in the kernel no server can have the port, but a forwarded one works.
    if (protocol === "sctp" && isErrno(error, "EPROTONOSUPPORT", "ESOCKTNOSUPPORT")) return [];
    if (hostIp === "" && isV6 && isErrno(error, "EAFNOSUPPORT", "EADDRNOTAVAIL")) return [];
    const where = `${isV6 ? `[${hostIp === "" ? "::" : hostIp}]` : hostIp}:${port}`;
    const message = `cannot listen on the ${protocol.toUpperCase()} port: listen ${protocol}${isV6 ? 6 : 4} ${where}: ${error.syscall}: ${describeErrno(error.errno)}`;
    if (isErrno(error, "EADDRINUSE")) throw new EngineError("conflict", message, { reason: "port-in-use", cause: error });
    throw new EngineError(isErrno(error, "EACCES") ? "permission-denied" : "invalid-argument", message, { cause: error });
  }
}
