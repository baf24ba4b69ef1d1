import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPreexecHooks } from "./preexec-hooks.ts";

const directory = mkdtempSync(join(tmpdir(), "hooks-"));
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function hook(name: string, script: string, mode = 0o755): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, name), mode);
}

test("hooks run by name with the command line; the first failure ends it", () => {
  hook("10-first", `echo first "$@" >> ${directory}/log.txt`);
  hook("15-not", `echo never >> ${directory}/log.txt`, 0o644);
  hook("20-second", "exit 42");
  hook("30-third", `echo third >> ${directory}/log.txt`);
  expect(runPreexecHooks(["podman", "pull", "x"], { PODMAN_PREEXEC_HOOKS_DIR: directory })).toBe(42);
  expect(readFileSync(join(directory, "log.txt"), "utf8")).toBe("first podman pull x\n");
});

test("no directory, no hooks", () => {
  expect(runPreexecHooks(["podman"], { PODMAN_PREEXEC_HOOKS_DIR: join(directory, "absent") })).toBe(0);
});
