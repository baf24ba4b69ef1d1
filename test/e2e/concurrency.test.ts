/**
 * Many commands at once and one after another. Short by default; PTEST_SOAK=1 does it as often as it takes to trust it:
 *     PTEST_SOAK=1 bun run tools/test.ts test/e2e/concurrency.test.ts
 */
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "../../src/sys/index.ts";
import { busybox, withEngine } from "../harness/engine.ts";

const isSoak = process.env["PTEST_SOAK"] === "1";
const times = (short: number, long: number): number => isSoak ? long : short;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const timeout = isSoak ? 1_800_000 : 90_000;
const none = ["--network", "none"] as const;

withEngine("many at once", { needs: ["root", "isolated", "crun", "conmon", "netavark", "busybox"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("runs at once all succeed", async () => {
    const done = await Promise.all(numbers(times(12, 64)).map((index) => engine.run(["run", "--rm", ...(index % 2 === 0 ? none : []), busybox, "echo", `${index}`], { timeoutMillis: timeout })));
    expect(done.map(({ status, stdout, stderr }) => `${status} ${stdout.trim()}${stderr}`)).toEqual(done.map((_, index) => `0 ${index}`));
    expect(await engine.ok("ps", "-aq")).toBe("");
  }, timeout);

  test("containers started at once on one bridge have addresses of their own", async () => {
    const names = numbers(times(8, 32)).map((index) => `addressed-${index}`);
    for (const name of names) await engine.ok("create", "--name", name, busybox, "sleep", "1000");
    const started = await Promise.all(names.map((name) => engine.run(["start", name], { timeoutMillis: timeout })));
    expect(started.map(({ stderr }) => stderr).join("")).toBe("");
    const addresses = (await engine.ok("inspect", "--format", "{{.NetworkSettings.IPAddress}}", ...names)).split("\n");
    expect(addresses.filter((address) => /^10\.88\.\d+\.\d+$/.test(address))).toHaveLength(names.length);
    expect(new Set(addresses).size).toBe(names.length);
    await engine.ok("rm", "-f", "-t", "0", ...names);
  }, timeout);

  test("a start that attaches, at once after the end before: the clean-up of one run never meets the next", async () => {
    await engine.ok("create", "--name", "again", ...none, busybox, "echo", "hi");
    for (const round of numbers(times(12, 300))) expect([round, await engine.ok("start", "-a", "again")]).toEqual([round, "hi"]);
    await engine.ok("rm", "-f", "-t", "0", "again");
  }, timeout);

  test("start and stop, again and again", async () => {
    await engine.ok("create", "--name", "cycled", ...none, busybox, "sleep", "1000");
    for (let round = times(4, 500); round > 0; round--) {
      await engine.ok("start", "cycled");
      await engine.ok("stop", "-t", "0", "cycled");
    }
    expect(await engine.ok("inspect", "--format", "{{.State.Status}}", "cycled")).toBe("exited");
    await engine.ok("rm", "cycled");
  }, timeout);

  test("containers that crash and are restarted", async () => {
    const names = numbers(times(3, 20)).map((index) => `crashing-${index}`);
    const restarts = times(2, 15);
    await Promise.all(names.map((name) => engine.ok("run", "-d", "--restart", "always", "--name", name, ...none, busybox, "sh", "-c", "exit 3")));
    for (const name of names) {
      while (Number(await engine.ok("inspect", "--format", "{{.RestartCount}}", name)) < restarts) await Bun.sleep(50);
    }
    expect((await engine.ok("ps", "-aq")).split("\n")).toHaveLength(names.length);
    await engine.ok("rm", "-f", "-t", "0", ...names);
    expect(await engine.ok("ps", "-aq")).toBe("");
  }, timeout);
});

withEngine("one that is stuck", { needs: ["root", "isolated", "crun", "conmon", "busybox"] }, (engine) => {
  const readers = [["ps", "-a"], ["inspect", "stuck", "free"], ["stats", "--no-stream", "free"], ["logs", "stuck"], ["top", "free"], ["container", "exists", "stuck"], ["port", "stuck"]] as const;
  /** Far below what anything that waits would take. */
  const readAll = async (): Promise<void> => {
    for (const args of readers) expect([args[0], (await engine.run(args, { timeoutMillis: 20_000 })).status]).toEqual([args[0], 0]);
  };
  beforeAll(async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "free", ...none, busybox, "sleep", "1000");
  }, 60_000);

  test("a lock that is held keeps no reader waiting", async () => {
    const id = await engine.ok("run", "-d", "--name", "stuck", ...none, busybox, "sleep", "1000");
    {
      using _held = await lockFile(join(engine.dir, "tmp/object-locks", `container-${id}`));
      await readAll();
      expect((await engine.run(["stop", "-t", "0", "stuck"], { timeoutMillis: 1500 })).status).not.toBe(0);
    }
    await engine.ok("rm", "-f", "-t", "0", "stuck");
  }, 90_000);

  test("neither does a runtime that hangs", async () => {
    const [runtime, hanging] = [join(engine.dir, "hanging-runtime"), join(engine.dir, "hang")];
    writeFileSync(runtime, `#!/bin/sh\nif [ -e ${hanging} ]; then case " $* " in *" start "*) while [ -e ${hanging} ]; do sleep 0.1; done;; esac; fi\nexec crun "$@"\n`);
    chmodSync(runtime, 0o755);
    await engine.ok("--runtime", runtime, "create", "--name", "stuck", ...none, busybox, "sleep", "1000");
    writeFileSync(hanging, "");
    const start = engine.run(["--runtime", runtime, "start", "stuck"]);
    while (await engine.ok("inspect", "--format", "{{.State.Status}}", "stuck") !== "initialized") await Bun.sleep(20);
    await readAll();
    rmSync(hanging);
    expect((await start).status).toBe(0);
    await engine.ok("rm", "-f", "-t", "0", "stuck");
  }, 90_000);
});
