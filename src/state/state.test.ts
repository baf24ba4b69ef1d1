import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerRecord } from "../container/record.ts";
import { newId } from "../base/ids.ts";
import { readBootMark } from "./boot.ts";
import { forgetLock, isObjectLocked, lockObject } from "./lock.ts";
import { openState } from "./open.ts";
import type { PodRecord } from "./pod-record.ts";

let dir = "";
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), "state-")); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

function record(name: string, more: Partial<ContainerRecord["config"]> = {}): ContainerRecord {
  const config = {
    version: 1, create: {}, createdAt: new Date().toISOString(), entrypoint: [], command: ["true"], env: {}, workdir: "/", user: "", labels: {}, annotations: {}, stopSignal: 15,
    stopTimeoutSeconds: 10, terminal: false, stdin: false, hostname: "h", ociRuntime: "crun", cgroupManager: "cgroupfs" as const, logDriver: "none", logPath: "",
    network: { mode: "none", networks: [], ports: [] }, volumes: [], ulimits: [], uidMaps: [], gidMaps: [], staticDir: "/s", runDir: "/r", ...more,
  };
  return { id: newId(), name, config, state: { status: "created" } };
}

function podOf(name: string): PodRecord {
  return { version: 1, id: newId(), name, createdAt: new Date().toISOString(), create: {}, shared: [], exitPolicy: "continue", cgroupManager: "cgroupfs", cgroupParent: "/libpod_parent" };
}

describe("containers", () => {
  test("are found by id, name and unique prefix, in this order", () => {
    using state = openState(join(dir, "a/b/state.sqlite"));
    const [one, two] = [record("one"), record("two")];
    state.containers.insert(one);
    state.containers.insert({ ...two, id: `${one.id.slice(0, 10)}${two.id.slice(10)}` });
    expect(state.containers.resolve("one").id).toBe(one.id);
    expect(state.containers.resolve(one.id).name).toBe("one");
    expect(state.containers.resolve(one.id.slice(0, 20)).name).toBe("one");
    expect(() => state.containers.resolve(one.id.slice(0, 5))).toThrow("more than one result for container name or ID");
    expect(() => state.containers.resolve("three")).toThrow('no container with name or ID "three" found: no such container');
    expect(() => state.containers.resolve("")).toThrow("name or ID cannot be empty");
    expect(() => state.containers.resolve("%")).toThrow("no such container");
  });

  test("names are taken once, by containers and pods alike; a reservation holds one", () => {
    using state = openState(join(dir, "state.sqlite"));
    const one = record("one");
    state.containers.reserve(one.id, "one");
    expect(state.containers.list()).toEqual([]);
    expect(state.containers.unfinished()).toEqual([one.id]);
    expect(() => { state.containers.insert(record("one")); }).toThrow(`the container name "one" is already in use by ${one.id}.`);
    state.containers.insert(one);
    expect(state.containers.unfinished()).toEqual([]);
    expect(() => { state.pods.insert(podOf("one")); }).toThrow('name "one" is in use: container already exists');
    state.containers.remove(one.id);
    state.pods.insert(podOf("one"));
    expect(() => { state.containers.insert(record("one")); }).toThrow('name "one" is in use: pod already exists');
  });

  test("state merges, and undefined takes a key away", () => {
    using state = openState(join(dir, "state.sqlite"));
    const one = record("one");
    state.containers.insert(one);
    state.containers.setState(one.id, { status: "running", pid: 7 });
    expect(state.containers.setState(one.id, { pid: undefined }).state).toEqual({ status: "running" });
    expect(state.containers.get(one.id)?.state).toEqual({ status: "running" });
  });

  test("rename keeps the row; a taken name is refused and changes nothing", () => {
    using state = openState(join(dir, "state.sqlite"));
    const [one, two] = [record("one"), record("two")];
    for (const each of [one, two]) state.containers.insert(each);
    expect(() => { state.containers.rename(one.id, "two"); }).toThrow("already in use");
    state.containers.rename(one.id, "three");
    expect(state.containers.list().map(({ name }) => name)).toEqual(["three", "two"]);
    expect(state.containers.isNameTaken("one")).toBe(false);
  });

  test("a damaged row blocks no other one and can be removed", () => {
    const path = join(dir, "state.sqlite");
    using state = openState(path);
    const [one, two] = [record("one"), record("two")];
    for (const each of [one, two]) state.containers.insert(each);
    const raw = new Database(path);
    raw.query("UPDATE containers SET config = '{\"version\":' WHERE id = ?").run(one.id);
    raw.close();
    expect(state.containers.list().map(({ name }) => name)).toEqual(["two"]);
    expect(() => state.containers.resolve("one")).toThrow("cannot be read");
    state.containers.remove(state.containers.resolveId("one"));
    expect(() => state.containers.resolveId("one")).toThrow("no such container");
  });

  test("uses are known and go with the container", () => {
    using state = openState(join(dir, "state.sqlite"));
    const one = record("one", { volumes: [{ name: "data", destination: "/d", options: [], anonymous: false }], dependencies: ["x"] });
    state.containers.insert(one);
    expect(state.containers.usersOf("volume", "data")).toEqual([one.id]);
    expect(state.containers.usersOf("dependency", "x")).toEqual([one.id]);
    state.containers.remove(one.id);
    expect(state.containers.usersOf("volume", "data")).toEqual([]);
  });
});

test("exit codes outlive containers and are found by prefix", () => {
  using state = openState(join(dir, "state.sqlite"));
  const id = newId();
  state.exitCodes.set(id, 7);
  expect(state.exitCodes.get(id)).toBe(7);
  expect(state.exitCodes.find(id.slice(0, 12))).toEqual([id]);
});

test("volumes: one wins, others see it", () => {
  using state = openState(join(dir, "state.sqlite"));
  const volume = { name: "data", driver: "local", mountpoint: "/m", createdAt: "", labels: {}, options: {}, anonymous: false, uid: 0, gid: 0, needsCopyUp: true, needsChown: true, mountCount: 0 };
  expect(state.volumes.insert(volume)).toBe(true);
  expect(state.volumes.insert(volume)).toBe(false);
  expect(state.volumes.resolve("da").name).toBe("data");
  expect(() => state.volumes.resolve("no")).toThrow('no volume with name "no" found: no such volume');
});

test("a newer database is refused, and nothing of it is touched", () => {
  const path = join(dir, "state.sqlite");
  openState(path)[Symbol.dispose]();
  const raw = new Database(path);
  raw.run("PRAGMA user_version = 99");
  raw.close();
  expect(() => openState(path)).toThrow("version 99");
});

test("several processes may open and write at once", async () => {
  const path = join(dir, "state.sqlite");
  const script = join(dir, "writer.ts");
  writeFileSync(script, `import { openState } from ${JSON.stringify(join(import.meta.dir, "open.ts"))};
    const state = openState(process.argv[2] ?? "");
    for (let at = 0; at < 50; at++) state.exitCodes.set((process.argv[3] ?? "") + at, at);`);
  const writers = ["a", "b", "c", "d"].map((name) => Bun.spawn([process.execPath, script, path, name], { stderr: "inherit" }));
  expect(await Promise.all(writers.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);
  using state = openState(path);
  expect(state.exitCodes.find("").length).toBe(200);
}, 30_000);

describe("object locks", () => {
  test("exclude, and a removed lock file is not held by two", async () => {
    const first = await lockObject(dir, "container", "one");
    expect(isObjectLocked(dir, "container", "one")).toBe(true);
    let holders = 0;
    let most = 0;
    const hold = async (): Promise<void> => {
      using _lock = await lockObject(dir, "container", "one");
      most = Math.max(most, ++holders);
      await Promise.resolve();
      forgetLock(dir, "container", "one");
      holders--;
    };
    const waiting = [hold(), hold(), hold()];
    forgetLock(dir, "container", "one");
    first.release();
    await Promise.all(waiting);
    expect(most).toBe(1);
    expect(isObjectLocked(dir, "container", "one")).toBe(false);
  });
});

test("the boot mark stays until the tmp directory is new", () => {
  const mark = readBootMark(dir);
  expect(readBootMark(dir)).toBe(mark);
  rmSync(join(dir, "boot-mark"));
  expect(readBootMark(dir)).not.toBe(mark);
  expect(existsSync(join(dir, "boot-mark"))).toBe(true);
});
