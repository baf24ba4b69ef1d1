/** The same store used by this engine and by a real Podman. Needs `PEER_PODMAN`, the path of one (or `podman` in a rig). */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../src/base/ids.ts";
import { isMountPoint } from "../../src/storage/tempdir/mount-points.ts";
import { addImage, temporaryStore, type TemporaryStore } from "../../src/storage/testing/temporary-store.ts";
import { missingNeed } from "../harness/needs.ts";

const program = process.env["PEER_PODMAN"] ?? "";
const unmet = missingNeed(["root"]) ?? (program !== "" && existsSync(program) ? undefined : "needs PEER_PODMAN, a real Podman");
const interop = test.skipIf(unmet !== undefined);
const title = (text: string): string => unmet === undefined ? text : `${text} [${unmet}]`;

const trees = [
  { "etc/gone": "1", "proc/": "", "dev/": "", "sys/": "", "run/": "", "tmp/": "", "bin/": "" },
  { "etc/gone": null, "etc/passwd": "root:x:0:0:root:/:/bin/sh\n" },
];

function podmanOf({ options }: TemporaryStore): (...args: readonly string[]) => string {
  return (...args) => {
    const argv = [program, "--root", options.graphRoot, "--runroot", options.runRoot, "--storage-driver", options.driver, ...args];
    const { exitCode, stdout, stderr } = Bun.spawnSync(argv);
    expect([args.join(" "), exitCode, exitCode === 0 ? "" : stderr.toString()]).toEqual([args.join(" "), 0, ""]);
    return stdout.toString().trim();
  };
}

for (const driver of ["overlay", "vfs"]) {
  interop(title(`${driver}: Podman lists, inspects, tags, mounts, saves, removes and loads our image`), async () => {
    await using temporary = await temporaryStore({ driver });
    const podman = podmanOf(temporary);
    const { store, root } = temporary;
    const image = await addImage(store, "localhost/ours:1", trees);
    expect(podman("images", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}} {{.Digest}}")).toBe(`sha256:${image.id} localhost/ours:1 ${image.digest}`);
    expect(podman("inspect", "localhost/ours:1", "--format", "{{len .RootFS.Layers}}")).toBe("2");
    podman("tag", "localhost/ours:1", "localhost/ours:2");
    expect(store.image("localhost/ours:2").id).toBe(image.id);
    podman("create", "--name", "theirs", "localhost/ours:2", "/bin/true");
    expect(readdirSync(join(podman("mount", "theirs"), "etc"))).toEqual(["passwd"]);
    const container = store.container("theirs");
    const mounted = store.mountPointOf(container.id);
    expect(mounted).toBe(podman("mount", "theirs"));
    podman("umount", "--force", "theirs");
    expect(store.mountPointOf(container.id)).toBeUndefined();
    podman("rm", "theirs");
    podman("save", "-o", join(root, "saved.tar"), "localhost/ours:1");
    podman("rmi", "localhost/ours:1", "localhost/ours:2");
    expect([store.images(), store.layers()]).toEqual([[], []]);
    podman("load", "-i", join(root, "saved.tar"));
    expect(store.image("localhost/ours:1").id).toBe(image.id);
    expect(podman("system", "check")).toBe("");
    expect((await store.removeImage(image.id)).removedLayers).toHaveLength(2);
    expect(podman("images", "-q")).toBe("");
  }, 60_000);
}

interop(title("Podman sees and removes our container, and leaves its mount alone until then"), async () => {
  await using temporary = await temporaryStore();
  const podman = podmanOf(temporary);
  const { store } = temporary;
  const image = await addImage(store, "localhost/ours:1", trees);
  const container = await store.createContainer({ id: newId(), name: "ours", imageId: image.id, metadata: "{}" });
  const root = await store.mountContainer(container.id);
  expect(podman("ps", "--all", "--external", "--format", "{{.Names}} {{.Status}}")).toBe("ours Storage");
  podman("create", "--name", "beside", "localhost/ours:1", "/bin/true");
  podman("mount", "beside");
  podman("umount", "beside");
  expect(isMountPoint(root)).toBe(true);
  expect(readFileSync(join(root, "etc/passwd"), "utf8")).toContain("root");
  podman("rm", "--force", "ours");
  expect(store.containers().map(({ names }) => names)).toEqual([["beside"]]);
  expect(isMountPoint(root)).toBe(false);
  await store.removeContainer(store.container("beside").id);
}, 60_000);
