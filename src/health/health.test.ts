import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { HealthCreate } from "../contract/types/container-create.ts";
import { image, makeWorld, type World } from "../container/testing/world.ts";
import { isProcessAlive } from "../sys/index.ts";
import { logPathOf } from "./log.ts";

let world: World;
beforeAll(async () => { world = await makeWorld(); });
afterAll(async () => { await world[Symbol.asyncDispose](); });

const second = 1_000_000_000;

async function start(name: string, health: HealthCreate): Promise<string> {
  const { Id: id } = await world.engine.container.create({ spec: { name, image, command: ["sleep", "1000"], stopTimeoutSeconds: 0, network: { mode: { mode: "none" } }, health } });
  await world.engine.container.start({ ref: id });
  return id;
}
const inspect = async (ref: string) => (await world.engine.container.inspect({ ref })).State;
const failure = async (ref: string): Promise<string> => world.engine.healthcheck.run({ ref }).then(() => "", (error: unknown) => messageOf(error));
const ok = ["CMD-SHELL", "test ! -e /bad && echo good || { echo bad >&2; exit 3; }"];

async function spoil(ref: string): Promise<void> {
  const { mountPoint = "" } = world.context.containers().resolve(ref).state;
  writeFileSync(join(mountPoint, "bad"), "");
}

test("checks by hand: healthy, then failures up to the limit, kept in the log", async () => {
  const id = await start("hand", { test: ok, intervalNanos: 0, retries: 2, maxLogCount: 2, maxLogSize: 3 });
  expect((await inspect(id)).Health).toEqual({ Status: "starting", FailingStreak: 0, Log: null });
  expect((await world.engine.healthcheck.run({ ref: id })).Status).toBe("healthy");
  const [row] = await world.engine.container.list({ filters: { id: [id] } });
  expect(row?.Status).toBe("healthy");
  await spoil(id);
  const waiting = world.engine.container.wait({ ref: id, condition: ["unhealthy"] });
  expect((await world.engine.healthcheck.run({ ref: id })).Status).toBe("unhealthy");
  expect((await inspect(id)).Health?.Status).toBe("healthy");
  await world.engine.healthcheck.run({ ref: id });
  expect(await waiting).toBe(-1);
  const { Health: health } = await inspect(id);
  expect(health).toMatchObject({ Status: "unhealthy", FailingStreak: 2 });
  expect(health?.Log?.map(({ Output, ExitCode }) => [Output, ExitCode])).toEqual([["bad", 1], ["bad", 1]]);
});

test("the clock of checks runs beside the container and ends with it", async () => {
  const id = await start("clock", { test: ok, intervalNanos: second / 10 });
  const timer = world.context.containers().resolve(id).state.healthTimer;
  expect(timer).toHaveProperty("pid");
  await world.engine.container.wait({ ref: id, condition: ["healthy"] });
  await spoil(id);
  await world.engine.container.wait({ ref: id, condition: ["unhealthy"] });
  await world.engine.container.remove({ ref: id, force: true, timeout: 0 });
  if (timer !== undefined && "pid" in timer) expect(await ended(timer.pid)).toBe(true);
}, 20_000);

/** True when it is gone, or is only waited for by us. */
async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (!isProcessAlive(pid) || !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return true;
    await Bun.sleep(20);
  }
  return false;
}

test("on failure: stop, kill and restart", async () => {
  for (const onFailure of ["stop", "kill"] as const) {
    const id = await start(`act-${onFailure}`, { test: ["CMD", "false"], intervalNanos: 0, retries: 1, onFailure });
    expect((await world.engine.healthcheck.run({ ref: id })).Status).toBe("unhealthy");
    expect((await inspect(id)).Status).toBe("exited");
  }
  const id = await start("act-restart", { test: ok, intervalNanos: 0, retries: 1, onFailure: "restart" });
  const before = (await inspect(id)).StartedAt;
  await spoil(id);
  await world.engine.healthcheck.run({ ref: id });
  await world.engine.container.wait({ ref: id, condition: ["running"] });
  const after = await inspect(id);
  expect(after.StartedAt > before).toBe(true);
  expect(after.Health).toMatchObject({ Status: "starting", FailingStreak: 0 });
}, 60_000);

test("start-up checks come first and do not count as failures", async () => {
  const id = await start("startup", { test: ["CMD", "false"], intervalNanos: 0, retries: 1, startup: { test: ["CMD", "true"], successes: 2 } });
  for (let count = 0; count < 2; count++) expect((await world.engine.healthcheck.run({ ref: id })).Status).toBe("healthy");
  expect((await world.engine.healthcheck.run({ ref: id })).Status).toBe("unhealthy");
});

test("a check that takes too long is ended and counts as failed", async () => {
  const id = await start("slow", { test: ["CMD", "sleep", "100"], intervalNanos: 0, retries: 1, timeoutNanos: second / 5 });
  expect(await failure(id)).toContain("healthcheck command exceeded timeout of 0.2s");
  expect((await inspect(id)).Health?.Status).toBe("unhealthy");
  const { Pid: pid } = await inspect(id);
  expect(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")).toBe("");
});

test("results go where they are asked to go", async () => {
  const id = await start("logged", { test: ["CMD", "true"], intervalNanos: 0, logDestination: world.dir });
  await world.engine.healthcheck.run({ ref: id });
  const path = logPathOf(world.context.containers().resolve(id));
  expect(path).toBe(join(world.dir, `${id}-healthcheck.log`));
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ Status: "healthy", FailingStreak: 0 });
});

test("no check, or no running container: a clear error", async () => {
  const { Id: id } = await world.engine.container.create({ spec: { name: "plain", image, command: ["sleep", "1000"], network: { mode: { mode: "none" } } } });
  expect(await failure(id)).toContain(`container ${id} is not running`);
  await world.engine.container.start({ ref: id });
  expect(await failure(id)).toContain(`container ${id} has no defined healthcheck`);
});
