/** Internet sockets that only hold a port, and the loopback interface of a fresh network namespace. */
import { c, check, ptr } from "./libc.ts";
import { netDevice, socket, socketOption } from "./abi.ts";

export interface HeldPort { readonly fd: number; readonly port: number; close(): void }

/**
 * Binds (and for TCP listens on) a port, as a server would, so that nobody else can. `address` is 4 or 16 bytes; port 0 lets
 * the kernel choose. Close-on-exec; pass the descriptor on to a child to keep the port.
 * @throws SysError EADDRINUSE, EADDRNOTAVAIL, EACCES (below 1024 without privilege), EPROTONOSUPPORT, EAFNOSUPPORT
 */
export function holdPort(protocol: "tcp" | "udp" | "sctp", address: Uint8Array, port: number): HeldPort {
  const isV6 = address.length === 16;
  const type = protocol === "udp" ? socket.datagram : socket.stream;
  const fd = check(c.socket(isV6 ? socket.inet6 : socket.inet, type | socket.cloexec, protocol === "sctp" ? socket.sctp : 0), "socket");
  try {
    const on = new Int32Array([1]);
    if (isV6) check(c.setsockopt(fd, socketOption.ipprotoIpv6, socketOption.ipv6Only, ptr(on), 4), "setsockopt");
    // For TCP only: connections that are still in TIME_WAIT must not count as use. For UDP it would allow two owners.
    if (protocol === "tcp") check(c.setsockopt(fd, socketOption.solSocket, socketOption.reuseAddress, ptr(on), 4), "setsockopt");
    const name = socketAddress(address, port);
    check(c.bind(fd, ptr(name), name.length), "bind");
    if (protocol === "tcp") check(c.listen(fd, 1), "listen");
    return { fd, port: port === 0 ? boundPort(fd) : port, close: () => { c.close(fd); } };
  } catch (error) {
    c.close(fd);
    throw error;
  }
}

/** sockaddr_in (16 bytes) or sockaddr_in6 (28): family in host order, port and address in network order. */
function socketAddress(address: Uint8Array, port: number): Uint8Array {
  const isV6 = address.length === 16;
  const bytes = new Uint8Array(isV6 ? 28 : 16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isV6 ? socket.inet6 : socket.inet, true);
  view.setUint16(2, port);
  bytes.set(address, isV6 ? 8 : 4);
  return bytes;
}

function boundPort(fd: number): number {
  const name = new Uint8Array(28);
  const length = new Uint32Array([name.length]);
  check(c.getsockname(fd, ptr(name), ptr(length)), "getsockname");
  return new DataView(name.buffer).getUint16(2);
}

/** Brings `lo` up in the network namespace that the calling thread is in (see `inNetns`). struct ifreq: 16 bytes name, 16 bits flags. */
export function bringLoopbackUp(): void {
  const fd = check(c.socket(socket.inet, socket.datagram | socket.cloexec, 0), "socket");
  try {
    const request = new Uint8Array(40);
    request.set([0x6c, 0x6f]);
    check(c.ioctl(fd, netDevice.getFlags, ptr(request)), "ioctl", "lo");
    const view = new DataView(request.buffer);
    view.setInt16(16, view.getInt16(16, true) | netDevice.up, true);
    check(c.ioctl(fd, netDevice.setFlags, ptr(request)), "ioctl", "lo");
  } finally { c.close(fd); }
}
