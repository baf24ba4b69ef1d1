/** `system prune` and `system reset`, by command, libpod API and Docker API. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/ids.ts";
import { busybox, program, withEngine, type TestEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";
import { tar } from "../harness/tar.ts";

const none = ["--network", "none"] as const;

/** An image without a name, 1 kB more than its layer. */
async function dangling(engine: TestEngine, ...changes: readonly string[]): Promise<string> {
  const { stdout, status } = await engine.run(["import", "--quiet", ...changes.flatMap((change) => ["--change", change]), "-"], { stdin: tar([{ name: newId(), content: Buffer.alloc(1024) }]) });
  expect(status).toBe(0);
  return stdout.trim().replace("sha256:", "");
}

/** Something of every kind that a prune takes or leaves. */
async function litter(engine: TestEngine): Promise<{ readonly dead: string; readonly image: string }> {
  await engine.useImage();
  const dead = await engine.ok("create", "--name", "dead", ...none, busybox, "true");
  await engine.ok("run", "-d", "--name", "alive", ...none, "-v", "used:/v", busybox, "sleep", "1000");
  await engine.ok("volume", "create", "unused");
  await engine.ok("network", "create", "--disable-dns", "idle");
  return { dead, image: await dangling(engine) };
}

const sweep = async (engine: TestEngine): Promise<void> => {
  await engine.ok("rm", "-af", "-t", "0");
  await engine.ok("volume", "rm", "-af");
};

function suite(engine: TestEngine): void {
  test("takes what is unused and nothing else, and says what", async () => {
    const { dead, image } = await litter(engine);
    const pod = await engine.ok("pod", "create", "--infra=false");
    const member = await engine.ok("run", "-d", "--pod", pod, busybox, "true");
    await engine.ok("wait", member);
    expect(await engine.ok("system", "prune", "--force", "--filter", "until=1970-01-02T00:00:00Z")).toBe("Total reclaimed space: 0B");
    const text = await engine.ok("system", "prune", "--force");
    expect(text.split("\n").slice(0, -1)).toEqual(["Deleted Containers", dead, "Deleted Pods", pod, "Deleted Images", image, "Deleted Networks", "idle"]);
    expect(text).toMatch(/\nTotal reclaimed space: \d+(?:\.\d+)?k?B$/);
    expect(text).not.toEndWith(" 0B");
    expect(await engine.ok("ps", "-a", "--format", "{{.Names}}")).toBe("alive");
    expect((await engine.ok("volume", "ls", "-q")).split("\n").toSorted()).toEqual(["unused", "used"]);
    expect(await engine.ok("images", "-a", "--format", "{{.Repository}}")).toBe("localhost/busybox");
    expect(await engine.ok("system", "prune", "-f", "--volumes")).toMatch(/^Deleted Volumes\nunused\nTotal reclaimed space: \d/);
    await sweep(engine);
  });

  test("asks first, in Podman's words; no answer is an error, another answer a no", async () => {
    const asked = await engine.run(["system", "prune", "--volumes", "--build", "--all"], { stdin: "no\n" });
    expect(asked).toEqual({ status: 0, stderr: "", stdout: `WARNING! This command removes:
\t- all stopped containers
\t- all networks not used by at least one container
\t- all volumes not used by at least one container
\t- all build containers
\t- all images without at least one container associated with them
\t- all build cache

Are you sure you want to continue? [y/N] ` });
    expect(await engine.run(["system", "prune"], { stdin: "" })).toMatchObject({ status: 125, stderr: "Error: EOF\n" });
    expect((await engine.run(["system", "prune"], { stdin: "y\n" })).stdout).toEndWith("[y/N] Total reclaimed space: 0B\n");
  });

  test("labels choose; build containers go with --build only; --all takes named images", async () => {
    const [kept, gone] = [await dangling(engine, "LABEL a=1"), await dangling(engine, "LABEL b=2")];
    expect(await engine.ok("system", "prune", "-f", "--filter", "label=b=2")).toStartWith(`Deleted Images\n${gone}\n`);
    expect(await engine.ok("system", "prune", "-f", "--filter", "label!=a")).toBe("Total reclaimed space: 0B");
    expect(await engine.ok("images", "-aq", "--no-trunc", "--filter", "dangling=true")).toBe(`sha256:${kept}`);
    const id = await engine.ok("create", ...none, await engine.useImage(), "true");
    const folder = join(engine.dir, "root/overlay-containers", id, "userdata");
    writeFileSync(join(folder, "buildah.json"), "{}");
    const text = await engine.ok("system", "prune", "-f", "--all", "--build");
    expect(text).toStartWith(`Deleted Containers\n${id}\nDeleted Images\n`);
    expect(await engine.ok("images", "-aq")).toBe("");
    expect(readdirSync(join(engine.dir, "root/overlay")).filter((name) => name.length === 64)).toEqual([]);
    await engine.run(["rm", "-af"]);
  });
}

withEngine("system prune", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  suite(engine);

  test("--external takes what no record names", async () => {
    const lost = { layer: newId(), image: newId(), container: newId() };
    for (const path of [`overlay/${lost.layer}/diff`, `overlay-images/${lost.image}`, `overlay-containers/${lost.container}/userdata`]) mkdirSync(join(engine.dir, "root", path), { recursive: true });
    writeFileSync(join(engine.dir, "root/overlay-layers", `${lost.layer}.tar-split.gz`), "");
    expect(await engine.fails(125, "system", "prune", "--external", "--all")).toBe("Error: system prune --external cannot be combined with other options\n");
    expect(await engine.ok("system", "prune", "--external")).toBe("");
    for (const path of [`overlay/${lost.layer}`, `overlay-images/${lost.image}`, `overlay-containers/${lost.container}`, `overlay-layers/${lost.layer}.tar-split.gz`]) expect([path, existsSync(join(engine.dir, "root", path))]).toEqual([path, false]);
  });

  test("over both APIs and by the remote client", async () => {
    // The other tests removed the busybox image that the engine believes to have.
    const image = await dangling(engine);
    const service = await startService(engine);
    try {
      const post = async (path: string): Promise<unknown> => (await fetch(`http://d${path}`, { method: "POST", unix: service.path })).json();
      const filters = (value: object): string => `filters=${encodeURIComponent(JSON.stringify(value))}`;
      await engine.ok("volume", "create", "one");
      expect(await post(`/v5.0.0/libpod/system/prune?volumes=true&${filters({ until: ["1970-01-02T00:00:00Z"] })}`)).toEqual({
        PodPruneReport: null, ContainerPruneReports: null, ImagePruneReports: null, NetworkPruneReports: null, VolumePruneReports: null, ReclaimedSpace: 0,
      });
      expect(await post("/v5.0.0/libpod/system/prune?volumes=true")).toMatchObject({ ImagePruneReports: [{ Id: image, Err: null }], VolumePruneReports: [{ Id: "one", Err: null, Size: 0 }] });
      const second = await dangling(engine);
      expect(await post("/v1.43/images/prune")).toMatchObject({ ImagesDeleted: [{ Deleted: second }] });
      expect(await post("/v1.43/containers/prune")).toEqual({ ContainersDeleted: null, SpaceReclaimed: 0 });
      await engine.ok("volume", "create", "two");
      expect(await post(`/v1.43/volumes/prune?${filters({ all: ["true"] })}`)).toEqual({ VolumesDeleted: ["two"], SpaceReclaimed: 0 });
      await engine.ok("network", "create", "--disable-dns", "three");
      expect(await post("/v1.43/networks/prune")).toEqual({ NetworksDeleted: ["three"] });
      expect(await post("/v5.0.0/libpod/images/prune?all=true")).toEqual([]);
      expect(Bun.spawnSync([program, "--url", service.url, "system", "prune", "-af"], { env: engine.env }).stdout.toString()).toBe("Total reclaimed space: 0B\n");
    } finally { await service.stop(); }
  });

  test("a damaged image is told, hides no other, and can be removed", async () => {
    const [broken, whole] = [await dangling(engine), await dangling(engine)];
    rmSync(join(engine.dir, "root/overlay-images", broken, "manifest"));
    const sentence = `locating item named "manifest" for image with ID "${broken}" (consider removing the image to resolve the issue): file does not exist`;
    const listed = await engine.run(["images", "-q", "--no-trunc"]);
    expect(listed).toMatchObject({ status: 125, stderr: `Error: ${sentence}\n` });
    expect(listed.stdout).toContain(whole);
    const removed = await engine.run(["rmi", "-f", broken]);
    expect(removed).toMatchObject({ status: 0, stdout: `Deleted: ${broken}\n` });
    expect(removed.stderr).toContain(`level=warning msg=${JSON.stringify(`Failed to determine parent of image: ${sentence}, ignoring the error`)}`);
    expect(await engine.ok("images", "-q", "--no-trunc")).toBe(`sha256:${whole}`);
  });
});

withEngine("system prune of a user", { needs: ["isolated", "crun", "conmon"], user: true }, suite);

const resets = (engine: TestEngine): void => {
  test("reset asks, then leaves nothing of the store", async () => {
    await litter(engine);
    const asked = await engine.run(["system", "reset"], { stdin: "\n" });
    expect(asked.stdout).toBe(`WARNING! This will remove:
        - all containers
        - all pods
        - all images
        - all networks
        - all build cache
        - all machines
        - all volumes
        - the graphRoot directory: "${engine.dir}/root"
        - the runRoot directory: "${engine.dir}/runroot"
Are you sure you want to continue? [y/N] `);
    expect(await engine.ok("ps", "-q")).not.toBe("");
    expect(await engine.run(["system", "reset", "--force"])).toEqual({ status: 0, stdout: "", stderr: "" });
    for (const name of ["root", "runroot", "tmp"]) expect([name, existsSync(join(engine.dir, name))]).toEqual([name, false]);
    expect(existsSync(join(engine.dir, "networks/idle.json"))).toBe(false);
    expect(await engine.ok("ps", "-aq")).toBe("");
    expect(await engine.ok("images", "-q")).toBe("");
  });
};
withEngine("system reset", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  resets(engine);

  test("reset of a store whose records are broken, and whose root is a mount", async () => {
    const root = join(engine.dir, "root");
    mkdirSync(join(root, "overlay-layers"), { recursive: true });
    writeFileSync(join(root, "overlay-layers/layers.json"), "{");
    mkdirSync(join(root, "libpod"), { recursive: true });
    writeFileSync(join(root, "libpod/engine.sqlite"), "no database");
    Bun.spawnSync(["mount", "--bind", root, root]);
    try {
      const { status } = await engine.run(["system", "reset"], { stdin: "y\n" });
      expect(status).toBe(0);
      expect(readdirSync(root)).toEqual([]);
    } finally { Bun.spawnSync(["umount", root]); }
    expect(await engine.ok("images", "-q")).toBe("");
  });
});
withEngine("system reset of a user", { needs: ["isolated", "crun", "conmon"], user: true }, resets);
