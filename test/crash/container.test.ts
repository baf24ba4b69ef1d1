/** kill -9 of our process at many moments of a container's life: every command works afterwards, and nothing is left. */
import { beforeAll, describe, expect, test } from "bun:test";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";

/** Milliseconds after the start of the program at which it dies; together they cover a whole `run` on a slow and on a fast machine. */
const moments = [3, 8, 14, 20, 26, 32, 38, 45, 52, 60, 70, 80, 95, 110, 130, 160, 200];

withEngine("kill -9", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  describe.each([["without a network", ["--network", "none"]], ["with the default network", []]])("%s", (_how, network) => {
    test("during run -d", async () => {
      for (const moment of moments) {
        await killed(engine, moment, ["run", "-d", "--name", "victim", ...network, busybox, "sleep", "1000"]);
        await works(engine);
        await gone(engine, "victim");
      }
    }, 240_000);
  });

  test("during run --rm in the foreground", async () => {
    for (const moment of moments) {
      await killed(engine, moment, ["run", "--rm", "--name", "victim", "--network", "none", busybox, "sleep", "0.05"]);
      await works(engine);
      await gone(engine, "victim");
    }
  }, 240_000);

  test.each([
    ["start", ["start", "victim"]], ["stop", ["stop", "-t", "0", "victim"]], ["restart", ["restart", "-t", "0", "victim"]], ["kill", ["kill", "victim"]],
    ["rm -f", ["rm", "-f", "-t", "0", "victim"]],
  ])("during %s", async (verb, argv) => {
    for (const moment of moments.slice(0, 12)) {
      if (verb === "start") await engine.ok("create", "--name", "victim", busybox, "sleep", "1000");
      else await engine.ok("run", "-d", "--name", "victim", busybox, "sleep", "1000");
      await killed(engine, moment, argv);
      await works(engine);
      await gone(engine, "victim");
    }
  }, 240_000);

  test("the same verb again finishes what was cut off", async () => {
    for (const moment of [10, 25, 40]) {
      await engine.ok("create", "--name", "victim", busybox, "sleep", "1000");
      await killed(engine, moment, ["start", "victim"]);
      await engine.ok("start", "victim");
      expect(await engine.ok("exec", "victim", "echo", "alive")).toBe("alive");
      await engine.ok("stop", "-t", "0", "victim");
      await engine.ok("rm", "victim");
    }
  }, 120_000);
});

async function killed(engine: TestEngine, moment: number, argv: readonly string[]): Promise<void> {
  const child = engine.spawn(argv);
  const timer = setTimeout(() => { child.kill("SIGKILL"); }, moment);
  await child.exited;
  clearTimeout(timer);
}

/** Readers and a whole new container. */
async function works(engine: TestEngine): Promise<void> {
  await engine.ok("ps", "-a");
  await engine.ok("images");
  await engine.ok("info", "--format", "json");
  expect(await engine.ok("run", "--rm", "--network", "none", busybox, "echo", "fine")).toBe("fine");
}

async function gone(engine: TestEngine, name: string): Promise<void> {
  await engine.ok("rm", "-f", "-t", "0", "-i", name);
  expect(await engine.ok("ps", "-a", "-q")).toBe("");
}
