/**
 * The compiled program with a world of its own: `--root`, `--runroot`, `--tmpdir` and the network folder below one directory
 * of /var/tmp (overlay needs a real file system), removed and checked for leaks at the end.
 */
import { afterAll, beforeAll, describe } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxImage, writeOciArchive } from "./image.ts";
import { publicFolder, singleUser, testUser, type TestUser } from "./isolate.ts";
import { findLeaks, mountsBelow, takeSnapshot, type Snapshot } from "./leaks.ts";
import { missingNeed, type Need } from "./needs.ts";

export const program = process.env["PTEST_PODMAN"] ?? join(import.meta.dir, "../../dist/podman");
/** Name of the busybox image that `engine.useImage()` brings in. */
export const busybox = "localhost/busybox:latest";

export interface Result { readonly status: number; readonly stdout: string; readonly stderr: string }
export interface RunOptions { readonly stdin?: string | Uint8Array; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string; readonly timeoutMillis?: number }

export interface TestEngine {
  readonly dir: string;
  /** Runs the program with these arguments after the global ones; never throws for a status. */
  run(args: readonly string[], options?: RunOptions): Promise<Result>;
  /** stdout without its last line end; throws with all output unless the status is 0. */
  ok(...args: readonly string[]): Promise<string>;
  /** Runs, expects this status, returns stderr. */
  fails(status: number, ...args: readonly string[]): Promise<string>;
  /** A running program, for streams, signals and kills. */
  spawn(args: readonly string[], options?: RunOptions): Bun.Subprocess<"pipe", "pipe", "pipe">;
  /** Full argv, for terminals. */
  argv(...args: readonly string[]): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Loads the busybox image once; returns its name. */
  useImage(): Promise<string>;
}

export interface SuiteOptions { readonly needs?: readonly Need[]; /** An ordinary user, with subordinate ids or without. */ readonly user?: boolean | "single" }

/**
 * A block of tests with one engine. Its clean-up removes every container, network and file, and fails the block when anything
 * is left: a mount, a namespace, a process, a device, a packet rule.
 */
export function withEngine(name: string, options: SuiteOptions, define: (engine: TestEngine) => void): void {
  const user = userOf(options.user);
  const missing = missingNeed([...(options.needs ?? []), ...(user === undefined ? [] : ["user" as const])]);
  if (missing !== undefined) { describe.skip(`${name} [${missing}]`, () => { define(makeHandle({ dir: "/nonexistent", user: undefined })); }); return; }
  const state = { dir: "", user };
  describe(name, () => {
    let before: Snapshot;
    beforeAll(() => {
      state.dir = mkdtempSync("/var/tmp/ptest-");
      if (user !== undefined) Bun.spawnSync(["chown", `${user.uid}:${user.uid}`, state.dir]);
      chmodSync(state.dir, 0o711);
      before = takeSnapshot(state.dir);
    });
    afterAll(async () => { await tearDown(makeHandle(state), before, user); }, 60_000);
    define(makeHandle(state));
  });
}

const userOf = (wanted: SuiteOptions["user"]): TestUser | undefined => wanted === "single" ? singleUser : wanted === true ? testUser : undefined;

async function tearDown(engine: TestEngine, before: Snapshot, user: TestUser | undefined): Promise<void> {
  try {
    await engine.run(["rm", "--all", "--force", "--time", "0"]);
    await engine.run(["network", "prune", "--force"]);
    await engine.run(["volume", "prune", "--all", "--force"]);
    await engine.run(["unmount", "--all", "--force"]);
    endPauseProcess(engine, user);
    const leaks = await settle(() => findLeaks(before, takeSnapshot(engine.dir)));
    if (leaks.length > 0) throw new Error(`left behind:\n  ${leaks.join("\n  ")}`);
  } finally {
    for (const path of mountsBelow(engine.dir)) Bun.spawnSync(["umount", "-l", path]);
    rmSync(engine.dir, { recursive: true, force: true });
  }
}

/** A user's engine keeps one process that holds its namespaces; that is no leak but ours to end. */
function endPauseProcess(engine: TestEngine, user: TestUser = testUser): void {
  for (const file of [join(engine.dir, "tmp/pause.pid"), `/run/user/${user.uid}/libpod/tmp/pause.pid`]) {
    if (!existsSync(file)) continue;
    try { process.kill(Number(readFileSync(file, "utf8"))); } catch { /* it ended already */ }
    rmSync(file);
  }
}

/** conmon and the exit command end a moment after the container: what is still there after a while is a leak. */
async function settle(look: () => string[]): Promise<string[]> {
  const limit = Date.now() + 5_000;
  let leaks = look();
  while (leaks.length > 0 && Date.now() < limit) {
    await Bun.sleep(50);
    leaks = look();
  }
  return leaks;
}

/** `state.dir` is known only when the block runs, so everything here reads it late. */
function makeHandle(state: { readonly dir: string; readonly user: TestUser | undefined }): TestEngine {
  let loaded: Promise<string> | undefined;
  const argv = (...args: readonly string[]): readonly string[] => [...userPrefix(state.user), state.user !== undefined ? join(publicFolder, "podman") : program, ...globalFlags(state), ...args];
  const environment = (): Record<string, string> => environmentOf(state);
  const start = (args: readonly string[], options: RunOptions = {}): Bun.Subprocess<"pipe", "pipe", "pipe"> => {
    if (!existsSync(program)) throw new Error(`${program} is not built: npm run build`);
    return Bun.spawn([...argv(...args)], {
      stdin: "pipe", stdout: "pipe", stderr: "pipe", env: { ...environment(), ...options.env }, cwd: options.cwd ?? state.dir, timeout: options.timeoutMillis ?? 60_000,
    });
  };
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<Result> => {
    const child = start(args, options);
    if (options.stdin !== undefined) void child.stdin.write(options.stdin);
    void child.stdin.end();
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    return { status, stdout, stderr };
  };
  return {
    get dir() { return state.dir; },
    get env() { return environment(); },
    argv, run, spawn: start,
    async ok(...args) {
      const result = await run(args);
      if (result.status !== 0) throw new Error(`podman ${args.join(" ")}: status ${result.status}\n${result.stderr}${result.stdout}`);
      return result.stdout.replace(/\n$/, "");
    },
    async fails(status, ...args) {
      const result = await run(args);
      if (result.status !== status) throw new Error(`podman ${args.join(" ")}: status ${result.status}, wanted ${status}\n${result.stderr}${result.stdout}`);
      return result.stderr;
    },
    async useImage() {
      loaded ??= loadBusybox(state.dir, run);
      return await loaded;
    },
  };
}

async function loadBusybox(dir: string, run: (args: readonly string[]) => Promise<Result>): Promise<string> {
  const archive = join(dir, "busybox.tar");
  writeOciArchive(busyboxImage(), archive, busybox);
  const result = await run(["load", "--quiet", "--input", archive]);
  rmSync(archive);
  if (result.status !== 0) throw new Error(`load: status ${result.status}\n${result.stderr}`);
  return busybox;
}

function globalFlags({ dir }: { readonly dir: string }): string[] {
  return ["--root", `${dir}/root`, "--runroot", `${dir}/runroot`, "--tmpdir", `${dir}/tmp`, "--network-config-dir", `${dir}/networks`];
}

function userPrefix(user: TestUser | undefined): string[] {
  return user !== undefined ? ["setpriv", `--reuid=${user.uid}`, `--regid=${user.uid}`, "--clear-groups", "--"] : [];
}

/** Neither the machine's configuration nor the developer's may change a result. */
function environmentOf({ dir, user }: { readonly dir: string; readonly user: TestUser | undefined }): Record<string, string> {
  const home = join(dir, "home");
  if (dir !== "/nonexistent" && existsSync(dir) && !existsSync(home)) {
    mkdirSync(home, { mode: 0o700 });
    mkdirSync(join(home, ".config/containers"), { recursive: true });
    writeFileSync(join(home, ".config/containers/policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
    writeFileSync(join(home, ".config/containers/registries.conf"), "");
    writeFileSync(join(dir, "containers.conf"), '[engine]\nevents_logger = "file"\n[containers]\nlog_driver = "k8s-file"\n');
    if (user !== undefined) Bun.spawnSync(["chown", "-R", `${user.uid}:${user.uid}`, home]);
  }
  return {
    PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", HOME: home, TERM: "xterm", LC_ALL: "C.UTF-8", CONTAINERS_CONF: `${dir}/containers.conf`,
    ...(process.env["CONTAINERS_HELPER_BINARY_DIR"] === undefined ? {} : { CONTAINERS_HELPER_BINARY_DIR: process.env["CONTAINERS_HELPER_BINARY_DIR"] }),
    ...(user !== undefined ? { XDG_RUNTIME_DIR: `/run/user/${user.uid}`, USER: user.name, LOGNAME: user.name } : {}),
  };
}
