/** A machine made of one temporary directory, for tests of what reads configuration files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Environment, HostFacts } from "../rootless.ts";

export interface Sandbox extends Disposable {
  readonly dir: string;
  readonly env: Environment;
  readonly root: HostFacts;
  readonly user: HostFacts;
  /** Writes below the directory, folders included; returns the path. */
  write(path: string, content: string, mode?: number): string;
}

/** Root's files are `etc/…` and `share/…`, the user's home is `home`. */
export function makeSandbox(): Sandbox {
  const dir = mkdtempSync(join(tmpdir(), "config-test-"));
  for (const name of ["etc", "share", "home", "run"]) mkdirSync(join(dir, name), { mode: 0o700 });
  const facts: HostFacts = {
    uid: 0, rootless: false, home: join(dir, "home"), systemd: false, journald: false, cgroup2: true, selinux: false,
    etcDir: join(dir, "etc"), shareDir: join(dir, "share"),
  };
  return {
    dir, root: facts, user: { ...facts, uid: 1234, rootless: true },
    env: { HOME: join(dir, "home"), XDG_RUNTIME_DIR: join(dir, "run"), PATH: process.env["PATH"] },
    write(path, content, mode = 0o644) {
      const target = join(dir, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content, { mode });
      return target;
    },
    [Symbol.dispose]() { rmSync(dir, { recursive: true, force: true }); },
  };
}

/** The message a promise fails with; fails itself when the promise does not. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try { await promise; } catch (error) { return error instanceof Error ? error.message : String(error); }
  throw new Error("should have failed");
}
