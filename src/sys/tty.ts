/** Terminals: raw mode and window size, by ioctl. */
import { c, check, ptr } from "./libc.ts";
import { ioctl } from "./abi.ts";

/** True for a terminal. */
export function isTerminal(fd: number): boolean {
  return c.ioctl(fd, BigInt(ioctl.tcgets), ptr(new Uint8Array(termiosSizeBytes))) === 0;
}

/** The kernel's struct termios: four u32 flag words, u8 line, u8 cc[19]; the same on x86-64 and arm64. Padded. */
const termiosSizeBytes = 64;
const vtime = 5;
const vmin = 6;
const ccOffset = 17;
const input = { ignbrk: 1, brkint: 2, parmrk: 8, istrip: 0o40, inlcr: 0o100, igncr: 0o200, icrnl: 0o400, ixon: 0o2000 } as const;
const output = { opost: 1 } as const;
const control = { csize: 0o60, parenb: 0o400, cs8: 0o60 } as const;
const local = { isig: 1, icanon: 2, echo: 0o10, echonl: 0o100, iexten: 0o100000 } as const;

const all = (bits: Readonly<Record<string, number>>): number => Object.values(bits).reduce((sum, bit) => sum | bit, 0);

/**
 * Puts the terminal into raw mode (cfmakeraw(3), VMIN 1) and returns what puts it back. @throws SysError ENOTTY
 */
export function makeRaw(fd: number): () => void {
  const saved = new Uint8Array(termiosSizeBytes);
  check(c.ioctl(fd, BigInt(ioctl.tcgets), ptr(saved)), "tcgetattr");
  const raw = saved.slice();
  const view = new DataView(raw.buffer);
  const change = (offset: number, clear: number, set = 0): void => { view.setUint32(offset, ((view.getUint32(offset, true) & ~clear) | set) >>> 0, true); };
  change(0, all(input));
  change(4, all(output));
  change(8, control.csize | control.parenb, control.cs8);
  change(12, all(local));
  raw[ccOffset + vmin] = 1;
  raw[ccOffset + vtime] = 0;
  check(c.ioctl(fd, BigInt(ioctl.tcsets), ptr(raw)), "tcsetattr");
  return () => { c.ioctl(fd, BigInt(ioctl.tcsets), ptr(saved)); };
}

export interface WindowSize { readonly height: number; readonly width: number }

/** undefined when `fd` is no terminal. */
export function windowSize(fd: number): WindowSize | undefined {
  const size = new Uint16Array(4);
  if (c.ioctl(fd, BigInt(ioctl.tiocgwinsz), ptr(size)) !== 0) return undefined;
  return { height: size[0] ?? 0, width: size[1] ?? 0 };
}

/** @throws SysError ENOTTY */
export function setWindowSize(fd: number, { height, width }: WindowSize): void {
  check(c.ioctl(fd, BigInt(ioctl.tiocswinsz), ptr(new Uint16Array([height, width, 0, 0]))), "ioctl");
}

/** Stops the terminal from showing what is typed (line ends excepted) and returns what puts it back. @throws SysError ENOTTY */
export function hideInput(fd: number): () => void {
  const saved = new Uint8Array(termiosSizeBytes);
  check(c.ioctl(fd, BigInt(ioctl.tcgets), ptr(saved)), "tcgetattr");
  const hidden = saved.slice();
  const view = new DataView(hidden.buffer);
  view.setUint32(12, (view.getUint32(12, true) & ~local.echo) >>> 0, true);
  check(c.ioctl(fd, BigInt(ioctl.tcsets), ptr(hidden)), "tcsetattr");
  return () => { c.ioctl(fd, BigInt(ioctl.tcsets), ptr(saved)); };
}
