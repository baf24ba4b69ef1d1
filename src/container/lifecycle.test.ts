/** Containers for real: crun and conmon, root, no network but where one is asked for. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { Duplex } from "../contract/kit.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import { kill as signal } from "../sys/index.ts";
import { image, makeWorld, type World } from "./testing/world.ts";

const canRun = process.getuid?.() === 0 && Bun.which("crun") !== null && Bun.which("conmon") !== null;

async function text({ output }: Duplex): Promise<string> {
  let all = "";
  for await (const { data } of output) all += Buffer.from(data).toString("utf8");
  return all;
}
async function failure(call: Promise<unknown>): Promise<unknown> {
  try { await call; } catch (error) { return error; }
  throw new Error("it did not fail");
}
const spec = (command: readonly string[], more: Partial<ContainerCreate> = {}): { readonly spec: ContainerCreate } => ({ spec: { image, command, network: { mode: { mode: "none" } }, ...more } });

describe.skipIf(!canRun)("containers", () => {
  let world: World;
  beforeAll(async () => { world = await makeWorld(); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });
  const create = async (command: readonly string[], more: Partial<ContainerCreate> = {}): Promise<string> => (await world.engine.container.create(spec(command, more))).Id;
  const status = async (ref: string): Promise<string> => (await world.engine.container.inspect({ ref })).State.Status;

  test("create, attach, start, wait: output and exit code arrive, --rm leaves nothing", async () => {
    const { container } = world.engine;
    const id = await create(["sh", "-c", "echo out; echo err >&2; exit 7"], { remove: true });
    const duplex = await container.attach({ ref: id, stdout: true, stderr: true });
    await container.start({ ref: id });
    expect((await text(duplex)).split("\n").toSorted()).toEqual(["", "err", "out"]);
    expect(await container.wait({ ref: id })).toBe(7);
    expect(await container.list({ all: true })).toEqual([]);
    // Known after it is gone.
    expect(await container.wait({ ref: id })).toBe(7);
    expect(await container.wait({ ref: id.slice(0, 12) })).toBe(7);
    expect(existsSync(join(world.dir, "run/overlay-containers", id))).toBe(false);
  });

  test("stdin reaches the process and its end too", async () => {
    const { container } = world.engine;
    const id = await create(["cat"], { stdin: true, remove: true });
    const duplex = await container.attach({ ref: id, stdin: true, stdout: true });
    await container.start({ ref: id });
    await duplex.write(Buffer.from("hi there\n"));
    await duplex.closeWrite();
    expect(await text(duplex)).toBe("hi there\n");
    expect(await container.wait({ ref: id })).toBe(0);
  });

  test("states: created, running, paused, exited, running again; each verb where it may", async () => {
    const { container } = world.engine;
    const id = await create(["sleep", "100"], { name: "states", stopSignal: "KILL" });
    expect(await status(id)).toBe("created");
    expect(messageOf(await failure(container.kill({ ref: id })))).toContain(`can only kill running containers. ${id} is in state created: container state improper`);
    await container.start({ ref: "states" });
    expect(await status(id)).toBe("running");
    expect(await failure(container.start({ ref: id }))).toMatchObject({ code: "not-modified" });
    await container.pause({ ref: id });
    expect(await status(id)).toBe("paused");
    expect(messageOf(await failure(container.pause({ ref: id })))).toContain(`"${id}" is already paused: container state improper`);
    expect(messageOf(await failure(container.remove({ ref: id })))).toContain(`cannot remove container ${id} as it is paused - running or paused containers cannot be removed without force`);
    await container.unpause({ ref: id });
    expect(messageOf(await failure(container.unpause({ ref: id })))).toContain(`"${id}" is not paused, can't unpause: container state improper`);
    await container.stop({ ref: id });
    expect(await status(id)).toBe("exited");
    expect((await container.inspect({ ref: id })).State.ExitCode).toBe(137);
    expect(await failure(container.stop({ ref: id }))).toMatchObject({ code: "not-modified" });
    await container.restart({ ref: id });
    expect(await status(id)).toBe("running");
    expect(await container.remove({ ref: id, force: true, timeout: 0 })).toEqual([{ Id: id }]);
    expect(messageOf(await failure(container.inspect({ ref: id })))).toContain("no such container");
  });

  test("a process that ignores the stop signal is killed, with a warning", async () => {
    const { container } = world.engine;
    const id = await create(["sleep", "100"], { name: "stubborn" });
    await container.start({ ref: id });
    await container.stop({ ref: id, timeout: 1 });
    expect(world.warnings).toContain("StopSignal SIGTERM failed to stop container stubborn in 1 seconds, resorting to SIGKILL");
    await container.remove({ ref: id });
  });

  test("a missing command is 127, one that is none is 126; the container stays and says why", async () => {
    const { container } = world.engine;
    const missing = await create(["nosuchcommand"]);
    expect(await failure(container.start({ ref: missing }))).toMatchObject({ reason: "command-not-found" });
    const wrong = await create(["/etc"]);
    expect(await failure(container.start({ ref: wrong }))).toMatchObject({ reason: "command-not-executable" });
    expect((await container.inspect({ ref: wrong })).State).toMatchObject({ Status: "created", ExitCode: 126 });
    for (const ref of [missing, wrong]) await container.remove({ ref });
  });

  test("an end that nobody saw is seen by readers at once", async () => {
    const { container } = world.engine;
    const id = await create(["sleep", "100"]);
    await container.start({ ref: id });
    const { Pid } = (await container.inspect({ ref: id })).State;
    const waiting = container.wait({ ref: id });
    signal(Pid, 9);
    expect(await waiting).toBe(137);
    expect(await status(id)).toBe("exited");
    expect((await container.list({ all: true }))[0]).toMatchObject({ State: "exited", ExitCode: 137 });
    await container.remove({ ref: id });
  });

  test("a container whose monitor was killed can be stopped and removed", async () => {
    const { container } = world.engine;
    const id = await create(["sleep", "100"]);
    await container.start({ ref: id });
    const { ConmonPid, Pid } = (await container.inspect({ ref: id })).State;
    signal(ConmonPid ?? 0, 9);
    expect(await status(id)).toBe("running");
    await container.remove({ ref: id, force: true, timeout: 0 });
    expect(existsSync(`/proc/${Pid}/ns/pid`) && readFileSync(`/proc/${Pid}/cmdline`, "utf8").includes("sleep")).toBe(false);
  });

  test("volumes: named ones keep data and are filled from the image, anonymous ones go with -v", async () => {
    const { container, volume } = world.engine;
    const run = async (command: readonly string[], more: Partial<ContainerCreate> = {}): Promise<string> => {
      const id = await create(command, more);
      const duplex = await container.attach({ ref: id, stdout: true });
      await container.start({ ref: id });
      const output = await text(duplex);
      await container.wait({ ref: id });
      await container.remove({ ref: id, volumes: true });
      return output;
    };
    const mounts = [{ type: "volume" as const, source: "www", destination: "/var/www" }, { type: "volume" as const, destination: "/scratch" }];
    expect(await run(["cat", "/var/www/index.html"], { storage: { mounts } })).toBe("hello from busybox\n");
    expect((await volume.list({})).map(({ Name }) => Name)).toEqual(["www"]);
    await run(["sh", "-c", "echo changed > /var/www/index.html"], { storage: { mounts } });
    expect(await run(["cat", "/var/www/index.html"], { storage: { mounts } })).toBe("changed\n");
    await volume.remove({ ref: "www" });
    expect(readdirSync(join(world.dir, "volumes"))).toEqual([]);
  });

  test("a used volume stays, by name of its user", async () => {
    const { container, volume } = world.engine;
    const id = await create(["true"], { storage: { mounts: [{ type: "volume", source: "held", destination: "/d" }] } });
    expect(messageOf(await failure(volume.remove({ ref: "held" })))).toContain(`volume held is being used by the following container(s): ${id}: volume is being used`);
    await volume.remove({ ref: "held", force: true });
    expect(await container.list({ all: true })).toEqual([]);
  });

  test("names: taken once, random otherwise, renamed; dependents hold what they need", async () => {
    const { container } = world.engine;
    const first = await create(["sleep", "100"], { name: "base" });
    expect(messageOf(await failure(create(["true"], { name: "base" })))).toContain(`the container name "base" is already in use by ${first}. You have to remove that container`);
    expect(messageOf(await failure(create(["true"], { name: "no blanks" })))).toContain("names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument");
    const second = await create(["sh", "-c", "exit 0"], { namespaces: { pid: { mode: "container", value: "base" } } });
    expect(messageOf(await failure(container.remove({ ref: "base" })))).toContain(`container ${first} has dependent containers which must be removed before it: ${second}`);
    await container.start({ ref: second });
    expect(await status(first)).toBe("running");
    await container.wait({ ref: second });
    await container.remove({ ref: "base", depend: true, force: true, timeout: 0 });
    expect(await container.list({ all: true })).toEqual([]);
  });

  test("exec: output, exit code, environment and user; only where something runs", async () => {
    const { container, exec } = world.engine;
    const id = await create(["sleep", "100"], { env: { FROM: "container" } });
    expect(messageOf(await failure(exec.create({ ref: id, command: ["true"] })))).toContain("can only create exec sessions on running containers: container state improper");
    await container.start({ ref: id });
    const { Id } = await exec.create({ ref: id, command: ["sh", "-c", "echo $FROM $HERE; id -u; exit 5"], env: ["HERE=exec"], user: "nobody", stdout: true, stderr: true });
    expect(await text(await exec.start({ id: Id }))).toBe("container exec\n65534\n");
    expect(await exec.inspect({ id: Id })).toMatchObject({ ExitCode: 5, Running: false });
    const missing = await exec.create({ ref: id, command: ["nosuch"], stdout: true });
    expect(await failure(exec.start({ id: missing.Id }))).toMatchObject({ reason: "command-not-found" });
    const { Processes } = await container.top({ ref: id, descriptors: ["pid", "args"] });
    expect(Processes).toContainEqual(["1", "sleep 100"]);
    await container.remove({ ref: id, force: true, timeout: 0 });
    expect(messageOf(await failure(exec.inspect({ id: Id })))).toContain("no such exec session");
  });

  test("logs: both streams, the tail, and following until the end", async () => {
    const { container } = world.engine;
    const { decodeFrames } = await import("../contract/frames.ts");
    const id = await create(["sh", "-c", "for i in 1 2 3; do echo line $i; done; echo oops >&2"]);
    const read = async (more: object): Promise<string> => {
      let all = "";
      for await (const { data } of decodeFrames(container.logs({ ref: id, ...more }))) all += Buffer.from(data).toString("utf8");
      return all;
    };
    await container.start({ ref: id });
    expect((await read({ follow: true })).split("\n").toSorted()).toEqual(["", "line 1", "line 2", "line 3", "oops"]);
    expect(await read({ stderr: true })).toBe("oops\n");
    await container.wait({ ref: id });
    await container.remove({ ref: id });
  });

  test("restart policy: on-failure tries as often as it says", async () => {
    const { container } = world.engine;
    const id = await create(["sh", "-c", "exit 3"], { restart: { policy: "on-failure", maxRetries: 2 } });
    await container.start({ ref: id });
    for (;;) {
      await container.wait({ ref: id });
      await container.cleanup({ ref: id, stoppedOnly: true }).catch(() => undefined);
      const { State, RestartCount } = await container.inspect({ ref: id });
      if (State.Status === "exited" && RestartCount === 2) break;
    }
    await container.remove({ ref: id, force: true });
  }, 20_000);

  test("events tell the story in order", async () => {
    const { container, system } = world.engine;
    const since = new Date(Date.now() - 1).toISOString();
    const id = await create(["true"], { name: "told", remove: true });
    await container.start({ ref: id });
    await container.wait({ ref: id });
    const told: string[] = [];
    for await (const { status: word } of system.events({ since, stream: false, filters: { container: ["told"] } })) told.push(word);
    expect(told).toEqual(["create", "init", "start", "died", "cleanup", "remove"]);
  });

  test("what a killed create left is removed by the next one", async () => {
    const { context } = world;
    const store = await context.store();
    const id = "e".repeat(64);
    context.containers().reserve(id, "half");
    await store.createContainer({ id, name: "half", imageId: store.image(image).id });
    const again = await create(["true"], { name: "whole" });
    expect(context.containers().unfinished()).toEqual([]);
    expect(store.containers().map((one) => one.id)).toEqual([again]);
    await world.engine.container.remove({ ref: again });
  });

  test("what a killed start left is taken apart by the next one", async () => {
    const { context, engine } = world;
    const id = await create(["sh", "-c", "exit 4"]);
    // As a kill right after the runtime made the container: everything is there, nothing is recorded.
    await engine.container.init({ ref: id });
    context.containers().setState(id, { status: "created", preparing: true, pid: undefined, conmonPid: undefined, mountPoint: undefined, netnsPath: undefined });
    await engine.container.start({ ref: id });
    expect(await engine.container.wait({ ref: id })).toBe(4);
    await engine.container.remove({ ref: id });
    expect((await context.store()).containers()).toEqual([]);
  });

  test("after a reboot nothing runs and everything can start again", async () => {
    const { engine, dir } = world;
    const id = await create(["sleep", "100"], { stopSignal: "KILL" });
    await engine.container.start({ ref: id });
    const { Pid } = (await engine.container.inspect({ ref: id })).State;
    signal(Pid, 9);
    await engine.container.wait({ ref: id });
    world.context.containers().setState(id, { status: "running", pid: Pid });
    writeFileSync(join(dir, "tmp/boot-mark"), "another");
    const rebooted = world.again();
    const { createLocalEngine } = await import("../engine/local.ts");
    const fresh = createLocalEngine(rebooted);
    expect((await fresh.container.inspect({ ref: id })).State).toMatchObject({ Status: "exited", Pid: 0 });
    await fresh.container.start({ ref: id });
    expect((await fresh.container.inspect({ ref: id })).State.Status).toBe("running");
    await fresh.container.remove({ ref: id, force: true, timeout: 0 });
    await rebooted[Symbol.asyncDispose]();
  });
});
