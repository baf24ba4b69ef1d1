/** Containers out of archives: Podman's and ours, and what a hostile one may not do. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { archiveOf, type Member } from "../../formats/tar/testing/build.ts";
import type { Spec } from "../../runtime/spec/types.ts";
import { image, makeWorld, type World } from "../testing/world.ts";
import { archiveSource, importContainer } from "./import.ts";
import { fromPodmanConfig, ownConfigOf, toPodmanConfig, type PodmanConfig } from "./podman-config.ts";

const golden = join(import.meta.dir, "../../../test/golden/checkpoint/podman-5.8");
const read = (name: string): unknown => JSON.parse(readFileSync(join(golden, name), "utf8"));

test("a container of Podman's becomes one of ours", () => {
  const created = fromPodmanConfig(read("config.json") as PodmanConfig, read("spec.json") as Spec);
  expect(created).toMatchObject({
    image: "quay.io/libpod/testimage:20241011", command: ["sleep", "1000"], entrypoint: [], workdir: "/home/podman", labels: { a: "b" }, hostname: "76c2f3017291", stopSignal: "15", stopTimeoutSeconds: 10,
    log: { driver: "journald" }, namespaces: { ipc: { mode: "shareable" } },
    network: { mode: { mode: "bridge" }, networks: [{ name: "netx", interfaceName: "eth0" }], ports: [{ containerPort: 80, hostPort: 8080, protocol: "tcp" }] },
    storage: { mounts: [{ type: "volume", source: "vol1", destination: "/data" }, { type: "bind", source: "/etc/hostname", destination: "/hn", options: ["ro", "rprivate", "rbind"] }] },
  });
  expect(created.env).toMatchObject({ X: "1" });
  expect(created.env).not.toHaveProperty("HOSTNAME");
});

describe.skipIf(process.getuid?.() !== 0)("archives", () => {
  let world: World;
  beforeAll(async () => { world = await makeWorld(); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });

  async function dumps(): Promise<{ readonly id: string; readonly members: readonly Member[] }> {
    const { Id } = await world.engine.container.create({ spec: { image, name: "origin", command: ["sleep", "9"], env: { A: "b" }, network: { mode: { mode: "none" } }, storage: { mounts: [{ type: "volume", source: "kept", destination: "/v" }] } } });
    const record = world.context.containers().resolve(Id);
    const spec = { ...read("spec.json") as Spec, mounts: [] };
    const config = toPodmanConfig(record, spec) as PodmanConfig;
    expect(ownConfigOf(config)).toEqual(record.config);
    await world.engine.container.remove({ ref: Id });
    await world.engine.volume.remove({ ref: "kept" });
    return { id: Id, members: [{ name: "config.dump", content: JSON.stringify(config) }, { name: "spec.dump", content: JSON.stringify(spec) }] };
  }
  async function importing(members: readonly Member[], name?: string): Promise<string> {
    const path = join(world.dir, "archive.tar");
    writeFileSync(path, await archiveOf(...members));
    try { return (await importContainer(world.context, archiveSource(path), { name })).id; } catch (error) { return messageOf(error); }
  }

  test("the same id and name, or a new name and id; volumes that are there are refused", async () => {
    const { id, members } = await dumps();
    expect(await importing([...members, { name: "checkpoint/inventory.img", content: "x" }, { name: "unknown", content: "x" }])).toBe(id);
    const { config } = world.context.containers().resolve("origin");
    expect(config.env).toMatchObject({ A: "b" });
    expect([existsSync(join(config.staticDir, "checkpoint/inventory.img")), readdirSync(config.staticDir).filter((name) => name === "unknown" || name.startsWith("import-"))]).toEqual([true, []]);
    expect(await importing(members, "second")).toContain("volume with name kept already exists. Use --ignore-volumes");
    await world.engine.container.remove({ ref: "origin" });
    await world.engine.volume.remove({ ref: "kept" });
    const second = await importing(members, "second");
    expect(second).not.toBe(id);
    await world.engine.container.remove({ ref: "second" });
    await world.engine.volume.remove({ ref: "kept" });
  });

  test("a link where conmon or we would write is refused, and nothing stays", async () => {
    const { members } = await dumps();
    const victim = join(world.dir, "victim");
    writeFileSync(victim, "untouched");
    for (const name of ["ctr.log", "network.status", "checkpoint/x", "volumes/kept.tar", "artifacts/a"]) {
      expect(await importing([...members, { name, type: "symlink", linkName: victim }])).toContain(`"${name}" in the checkpoint is neither a file nor a directory`);
      expect(world.context.containers().list()).toEqual([]);
      await world.engine.volume.remove({ ref: "kept", force: true }).catch(() => undefined);
    }
    expect(readFileSync(victim, "utf8")).toBe("untouched");
  });

  test("what is no checkpoint is told", async () => {
    const { members } = await dumps();
    expect(await importing([{ name: "a", content: "x" }])).toContain("is no checkpoint: it has no config.dump");
    expect(await importing([{ name: "config.dump", content: "{" }, { name: "spec.dump", content: "{}" }])).toContain("failed to unmarshal config.dump");
    expect(await importing([{ name: "config.dump", content: '{"id":"../x","name":"a"}' }, ...members.slice(1)])).toContain("describes no container");
  });
});
