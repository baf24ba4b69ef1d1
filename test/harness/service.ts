/** Our API service as a process, for clients of every kind. */
import { existsSync, watch } from "node:fs";
import { basename, join } from "node:path";
import { program, type Result, type RunOptions, type TestEngine } from "./engine.ts";

export interface Service {
  readonly url: string;
  readonly path: string;
  /** Ends it with SIGTERM; gives its status. */
  stop(): Promise<number>;
}

/** Starts `podman system service` on a socket in the engine's folder, ready to answer. `flags` stand before the address. */
export async function startService(engine: TestEngine, flags: readonly string[] = ["--time", "0"], name = "api.sock"): Promise<Service> {
  const path = join(engine.dir, name);
  const child = Bun.spawn([...engine.argv("system", "service", ...flags, `unix://${path}`)], { stdin: "ignore", stdout: "inherit", stderr: Bun.file(join(engine.dir, `${name}.log`)), env: engine.env, cwd: engine.dir });
  await Promise.race([appears(engine.dir, path).then(async () => answers(path)), child.exited]);
  if (child.exitCode !== null) throw new Error(`the service ended with status ${child.exitCode}: ${await Bun.file(join(engine.dir, `${name}.log`)).text()}`);
  return { url: `unix://${path}`, path, stop: async () => { child.kill("SIGTERM"); return child.exited; } };
}

async function appears(dir: string, path: string): Promise<void> {
  const made = Promise.withResolvers<void>();
  const watcher = watch(dir, (_event, file) => { if (file === basename(path) && existsSync(path)) made.resolve(); });
  try {
    if (!existsSync(path)) await made.promise;
  } finally { watcher.close(); }
}

/** The file is there a moment before anybody listens. */
async function answers(path: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try { await fetch("http://d/_ping", { unix: path }); return; } catch (error) {
      if (tries > 200) throw error;
      await Bun.sleep(10);
    }
  }
}

/** A remote client knows no flags of a local store. */
export async function runRemote(engine: TestEngine, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = Bun.spawn([program, ...args], { stdin: "pipe", stdout: "pipe", stderr: "pipe", env: { ...engine.env, ...options.env }, cwd: engine.dir, timeout: 30_000 });
  if (options.stdin !== undefined) void child.stdin.write(options.stdin);
  void child.stdin.end();
  const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { status, stdout, stderr };
}
