/** The layer against the real kernel. Everything lives in one temporary directory; tests that change the mount table need root. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CString } from "bun:ffi";
import { closeSync, existsSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import { cstring, ptr } from "./libc.ts";
import {
  chmodAt, close, createNetns, getRlimit, getXattr, inNetns, isLocked, isProcessAlive, kill, linkAt, listXattrs, lockFile, makeDevice, mkdirAt, mknodAt, mount, mountFlags,
  openAt, openFlags, openInRoot, pipe, readLinkAt, removeNetns, removeXattr, renameAt, rlimits, setTimesAt, setXattr, statFilesystem, symlinkAt, tryLockFile, unlinkAt, unmount, withFileIds,
} from "./index.ts";

const root = process.getuid?.() === 0;
const needsRoot = root ? "" : " [needs root]";
let dir = "";
let fd = -1;
beforeAll(() => {
  dir = mkdtempSync("/var/tmp/sys-test-");
  fd = openSync(dir, "r");
});
afterAll(() => {
  closeSync(fd);
  rmSync(dir, { recursive: true, force: true });
});

function errnoOf(action: () => unknown): string {
  try { action(); } catch (error) {
    const name = ["ENOENT", "EEXIST", "ELOOP", "EINVAL", "EXDEV", "EPERM", "ENOTEMPTY", "ESRCH", "ENOTDIR"].find((candidate) => isErrno(error, candidate));
    return name ?? String(error);
  }
  return "no error";
}

test("strings stay alive while others are made", () => {
  const text = "x".repeat(40);
  const address = ptr(cstring(text));
  Bun.gc(true);
  for (let i = 0; i < 200; i++) cstring("y".repeat(40));
  expect(new CString(address).toString()).toBe(text);
  expect(errnoOf(() => cstring("a\0b"))).toBe("EINVAL");
});

describe("openInRoot", () => {
  const inRoot = (path: string): string => {
    const rootFd = openAt(fd, "jail", openFlags.rdonly | openFlags.directory);
    try {
      const file = openInRoot(rootFd, path, openFlags.rdonly);
      try { return readFileSync(file, "utf8"); } finally { close(file); }
    } finally { close(rootFd); }
  };
  beforeAll(() => {
    mkdirSync(join(dir, "jail/etc"), { recursive: true });
    writeFileSync(join(dir, "jail/etc/name"), "inside");
    writeFileSync(join(dir, "name"), "outside");
    for (const [name, target] of Object.entries({ absolute: "/etc/name", up: "../../../../name", magic: "/proc/self/root", loop: "loop" })) symlinkSync(target, join(dir, "jail", name));
  });

  test("absolute links and .. stay below the root", () => {
    expect(inRoot("absolute")).toBe("inside");
    expect(inRoot("/../../etc/name")).toBe("inside");
    expect(errnoOf(() => inRoot("up"))).toBe("ENOENT");
    expect(errnoOf(() => inRoot("loop"))).toBe("ELOOP");
    expect(errnoOf(() => inRoot("magic/etc/passwd"))).toBe("ENOENT");
  });
});

describe("files", () => {
  test("names that are not UTF-8 keep their bytes", () => {
    const name = new Uint8Array([0x61, 0xff, 0xfe]);
    mkdirAt(fd, name, 0o700);
    symlinkAt(name, fd, "to-bytes");
    expect(readLinkAt(fd, "to-bytes")).toEqual(name);
    unlinkAt(fd, name, 0x200);
    unlinkAt(fd, "to-bytes");
  });

  test("links, renames, modes and times, without following", () => {
    writeFileSync(join(dir, "a"), "a");
    linkAt(fd, "a", fd, "b");
    expect(statSync(join(dir, "b")).nlink).toBe(2);
    expect(errnoOf(() => { renameAt(fd, "a", fd, "b", 1); })).toBe("EEXIST");
    writeFileSync(join(dir, "c"), "c");
    renameAt(fd, "a", fd, "c", 2);
    expect([readFileSync(join(dir, "a"), "utf8"), readFileSync(join(dir, "c"), "utf8")]).toEqual(["c", "a"]);
    chmodAt(fd, "a", 0o4711);
    expect(statSync(join(dir, "a")).mode & 0o7777).toBe(0o4711);
    symlinkAt("a", fd, "link");
    setTimesAt(fd, "link", undefined, -1_500_000_000n);
    expect(lstatSync(join(dir, "link"), { bigint: true }).mtimeNs).toBe(-1_500_000_000n);
    expect(statSync(join(dir, "a")).mtimeMs).toBeGreaterThan(0);
    expect(readlinkSync(join(dir, "link"))).toBe("a");
  });

  test("extended attributes", () => {
    const file = join(dir, "attributes");
    writeFileSync(file, "");
    expect(getXattr(file, "user.none")).toBeUndefined();
    setXattr(file, "user.one", Buffer.from([0, 1, 255]));
    setXattr(file, "user.empty", new Uint8Array());
    expect(listXattrs(file).filter((name) => name.startsWith("user.")).sort()).toEqual(["user.empty", "user.one"]);
    expect([getXattr(file, "user.one"), getXattr(file, "user.empty")]).toEqual([new Uint8Array([0, 1, 255]), new Uint8Array()]);
    removeXattr(file, "user.one");
    expect(getXattr(file, "user.one")).toBeUndefined();
  });

  test("numbers of the kernel: file system, device, limits, pipes", () => {
    const stat = statFilesystem("/proc");
    expect(stat.magic).toBe(0x9fa0);
    expect(statFilesystem(dir).blocks).toBeGreaterThan(0);
    expect(makeDevice(8, 1)).toBe(2049n);
    expect(makeDevice(259, 70_000)).toBe((70_000n & 0xffn) | (259n << 8n) | ((70_000n & ~0xffn) << 12n));
    expect(getRlimit(rlimits["nofile"] ?? -1).hard).toBeGreaterThan(0n);
    const ends = pipe();
    writeFileSync(ends.write, "through");
    close(ends.write);
    expect(readFileSync(ends.read, "utf8")).toBe("through");
    close(ends.read);
  });

  test.skipIf(!root)(`device nodes${needsRoot}`, () => {
    mknodAt(fd, "null", 0o020666, makeDevice(1, 3));
    expect([lstatSync(join(dir, "null")).rdev, lstatSync(join(dir, "null")).isCharacterDevice()]).toEqual([Number(makeDevice(1, 3)), true]);
  });
});

describe("locks", () => {
  test("writers exclude each other, readers share, waiters come in order", async () => {
    const path = join(dir, "lock");
    const first = await lockFile(path);
    expect(tryLockFile(path)).toBeUndefined();
    expect(isLocked(path)).toBeTrue();
    const order: string[] = [];
    const wait = async (name: string, mode: "read" | "write"): Promise<void> => { using _held = await lockFile(path, mode); order.push(name); };
    const all = [wait("r1", "read"), wait("r2", "read"), wait("w", "write"), wait("r3", "read")];
    first.release();
    first.release();
    await Promise.all(all);
    expect(order).toEqual(["r1", "r2", "w", "r3"]);
    expect(isLocked(path)).toBeFalse();
  });

  test("the kernel frees the lock of a process that was killed", async () => {
    const path = join(dir, "lock-of-child");
    const script = `const { lockFile } = await import(${JSON.stringify(join(import.meta.dir, "lock.ts"))}); await lockFile(${JSON.stringify(path)}); console.log("held"); await new Promise(() => {});`;
    const child = Bun.spawn([process.execPath, "-e", `${script} setInterval(() => {}, 1000);`], { stdout: "pipe" });
    const reader = child.stdout.getReader();
    await reader.read();
    expect(tryLockFile(path)).toBeUndefined();
    expect(isProcessAlive(child.pid)).toBeTrue();
    kill(child.pid, 9);
    await child.exited;
    using held = tryLockFile(path);
    expect(held).toBeDefined();
    expect(errnoOf(() => { kill(child.pid, 0); })).toBe("ESRCH");
  });
});

describe.skipIf(!root)(`mounts and namespaces${needsRoot}`, () => {
  test("mount, option too long, unmount", () => {
    const target = join(dir, "mnt");
    mkdirSync(target);
    mount({ source: "tmpfs", target, fstype: "tmpfs", flags: mountFlags.nosuid, data: "size=64k" });
    expect(statFilesystem(target).magic).toBe(0x01021994);
    unmount(target);
    expect(errnoOf(() => { unmount(target); })).toBe("EINVAL");
  });

  test("files are made as others, with all capabilities, and only for that long", () => {
    const closed = join(dir, "closed");
    mkdirSync(closed, { mode: 0o700 });
    expect(() => withFileIds(1234, 5678, () => { mkdirSync(join(closed, "theirs")); throw new Error("inside"); })).toThrow("inside");
    mkdirSync(join(closed, "ours"));
    expect(["theirs", "ours"].map((name) => { const { uid, gid } = statSync(join(closed, name)); return [uid, gid]; })).toEqual([[1234, 5678], [0, 0]]);
  });

  test("a network namespace is pinned, entered synchronously, and removed twice without harm", () => {
    const path = join(dir, "netns/one");
    const own = readlinkSync("/proc/thread-self/ns/net");
    createNetns(path);
    try {
      expect(inNetns(path, () => readlinkSync("/proc/thread-self/ns/net"))).not.toBe(own);
      expect(inNetns(path, () => readFileSync("/proc/thread-self/net/dev", "utf8").split("\n").slice(2).filter((line) => line !== "").length)).toBe(1);
      expect(() => inNetns(path, () => { throw new Error("inside"); })).toThrow("inside");
      expect(readlinkSync("/proc/thread-self/ns/net")).toBe(own);
    } finally { removeNetns(path); }
    removeNetns(path);
    expect(existsSync(path)).toBeFalse();
  });
});
