/**
 * kill -9 at every step that changes a store on disk: strace ends the program as it enters its first, second, third … rename,
 * link, unlink or sync. Whatever is listed afterwards is whole and runs, no command waits, and nothing is left to repair but layers
 * that no image has yet. And the order in which an image becomes durable.
 */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildImage, busyboxLayer, writeOciArchive } from "../harness/image.ts";
import { withEngine, type TestEngine } from "../harness/engine.ts";

const steps = "rename,renameat,renameat2,symlink,unlink,syncfs";
const none = ["--network", "none"] as const;
/** More than any command here makes; one that never ends without a kill has a bug. */
const maxSteps = 80;

/** Runs a command that dies at its `step`-th change; false when it ended before that. */
async function killedAt(engine: TestEngine, step: number, args: readonly string[]): Promise<boolean> {
  const child = Bun.spawn(["strace", "-f", "-qq", "-e", `trace=${steps}`, "-e", `inject=${steps}:signal=SIGKILL:when=${step}`, "-o", "/dev/null", ...engine.argv(...args)], { stdin: "ignore", stdout: "ignore", stderr: "pipe", env: engine.env, cwd: engine.dir });
  const [text, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (child.signalCode === "SIGKILL" || status === 137) return true;
  expect([step, status, text]).toEqual([step, 0, ""]);
  return false;
}

/** Every listed image runs, and a check finds nothing. */
async function isSound(engine: TestEngine): Promise<void> {
  const ids = new Set((await engine.ok("images", "-a", "-q", "--no-trunc")).split("\n").filter((id) => id !== ""));
  for (const id of ids) expect(await engine.ok("run", "--rm", ...none, id, "cat", "/own")).toBe("own");
  expect(await engine.ok("system", "check")).toBe("");
}

withEngine("an image's writers killed at every step", { needs: ["root", "isolated", "crun", "conmon", "strace"] }, (engine) => {
  const archive = (): string => join(engine.dir, "image.tar");
  const make = (): void => { writeOciArchive(buildImage({ layers: [busyboxLayer(), [{ name: "own", content: "own" }]], config: { Cmd: ["true"] } }), archive(), "localhost/crash:1"); };
  const load = async (): Promise<void> => { await engine.ok("load", "-q", "-i", archive()); };

  async function everyStep(args: readonly string[], before: () => Promise<unknown>): Promise<void> {
    let step = 1;
    for (; step <= maxSteps; step++) {
      await before();
      const wasKilled = await killedAt(engine, step, args);
      await isSound(engine);
      if (!wasKilled) break;
    }
    expect(step).toBeLessThan(maxSteps);
    expect(step).toBeGreaterThan(1);
  }

  test("load", async () => {
    make();
    await everyStep(["load", "-q", "-i", archive()], async () => {
      await engine.ok("rmi", "-a", "-f");
      // Layers that were whole wait for their image; a day later they are garbage.
      await engine.ok("system", "check", "--quick", "--repair", "--max", "0s");
      const layers = join(engine.dir, "root/overlay");
      expect(existsSync(layers) ? readdirSync(layers).filter((name) => name.length === 64) : []).toEqual([]);
    });
    expect(await engine.ok("images", "--format", "{{.Repository}}:{{.Tag}}")).toBe("localhost/crash:1");
  }, 300_000);

  test("commit", async () => {
    await load();
    await engine.ok("create", "--name", "changed", ...none, "localhost/crash:1", "true");
    await everyStep(["commit", "-q", "changed", "localhost/committed:1"], async () => engine.run(["rmi", "-f", "localhost/committed:1"]));
    await engine.ok("rm", "changed");
    await engine.ok("rmi", "localhost/committed:1");
  }, 300_000);

  test("tag and rmi", async () => {
    await everyStep(["tag", "localhost/crash:1", "localhost/other:1"], async () => { await load(); await engine.run(["untag", "localhost/crash:1", "localhost/other:1"]); });
    await engine.ok("untag", "localhost/crash:1", "localhost/other:1");
    await everyStep(["rmi", "-f", "localhost/crash:1"], load);
    expect(await engine.ok("images", "-q")).toBe("");
  }, 300_000);

  test("an image is listed only after everything of it is on disk, with one sync of the file system", async () => {
    await engine.run(["rmi", "-a", "-f"]);
    const log = join(engine.dir, "trace");
    const { exitCode } = Bun.spawnSync(["strace", "-f", "-qq", "-e", "trace=rename,syncfs,fsync,fdatasync", "-o", log, ...engine.argv("load", "-q", "-i", archive())], { env: engine.env });
    expect(exitCode).toBe(0);
    const calls = readFileSync(log, "utf8").split("\n").map((line) => line.replace(/^\d+ +/, ""));
    const all = (pattern: RegExp): readonly number[] => calls.flatMap((call, index) => (pattern.test(call) ? [index] : []));
    const [sync, listed] = [all(/^syncfs/), all(/^rename\(.*\/images\.json"\)/)];
    expect([sync.length, listed.length]).toEqual([1, 1]);
    for (const written of all(/^rename\(.*(?:\/layers\.json"|\/diff"|\/manifest")\)/)) expect(written).toBeLessThan(sync[0] ?? 0);
    expect(all(/^fdatasync/).some((index) => index > (sync[0] ?? 0) && index < (listed[0] ?? 0))).toBe(true);
    expect(all(/^fsync/).some((index) => index > (listed[0] ?? 0))).toBe(true);
    await engine.ok("rmi", "-a");
  });
});
