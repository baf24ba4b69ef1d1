import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryFlock, waitFlock } from "./flock.ts";
import { lockFile } from "./lock.ts";

let dir = "";
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), "flock-")); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

/** Looks until the kernel lists somebody who waits for a flock of the file. */
async function queued(path: string): Promise<void> {
  const waiting = new RegExp(`-> FLOCK .*:${statSync(path).ino} `);
  while (!waiting.test(readFileSync("/proc/locks", "utf8"))) await Bun.sleep(5);
}

test("whoever waits longer does so in the kernel's queue, and what was waited for is ours", async () => {
  const path = join(dir, "lock");
  const script = `const { lockFile } = await import(${JSON.stringify(join(import.meta.dir, "lock.ts"))}); await lockFile(${JSON.stringify(path)}); console.log("held"); setInterval(() => {}, 1000); await new Promise(() => {});`;
  const holder = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  await holder.stdout.getReader().read();
  const waiting = lockFile(path);
  await queued(path);
  holder.kill(9);
  using held = await waiting;
  const other = openSync(path, "r+");
  try { expect(tryFlock(other)).toBe(false); } finally { closeSync(other); }
  held.release();
});

test("waiting ends with the signal, and without flock(1) it goes on by trying again", async () => {
  const path = join(dir, "lock");
  const fds = [openSync(path, "w"), openSync(path, "w")];
  const [first = -1, second = -1] = fds;
  const searchPath = process.env["PATH"];
  try {
    expect(tryFlock(first)).toBe(true);
    const stop = new AbortController();
    const waiting = waitFlock(second, "write", stop.signal);
    await queued(path);
    stop.abort(new Error("enough"));
    expect(waiting).rejects.toThrow("enough");
    await waiting.catch(() => undefined);
    process.env["PATH"] = dir;
    const again = waitFlock(second);
    await Bun.sleep(30); // beyond the first tries
    closeSync(fds.shift() ?? -1);
    await again;
  } finally {
    process.env["PATH"] = searchPath;
    for (const fd of fds) closeSync(fd);
  }
});
