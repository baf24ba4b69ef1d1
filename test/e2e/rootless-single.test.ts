/** A user whom the machine's administrator gave no subordinate ids: one id is all there is in the user namespace. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";
import { buildImage, busyboxLayer, writeOciArchive } from "../harness/image.ts";

withEngine("a user without subordinate ids", { user: "single", needs: ["root", "isolated", "crun", "conmon", "busybox"] }, (engine) => {
  const words = (text: string): string[] => text.split("\n").map((line) => line.trim().split(/\s+/).join(" "));

  test("runs containers with its one id, and is told so once", async () => {
    const first = await engine.run(["unshare", "cat", "/proc/self/uid_map", "/proc/self/gid_map"]);
    expect(words(first.stdout.trim())).toEqual(["0 61002 1", "0 61002 1"]);
    expect(first.stderr).toContain("Using rootless single mapping into the namespace. This might break some images. Check /etc/subuid and /etc/subgid");
    const image = await engine.useImage();
    const { stdout, stderr } = await engine.run(["run", "--rm", image, "sh", "-c", "id -u; cat /proc/self/uid_map"]);
    expect([words(stdout.trim()), stderr]).toEqual([["0", "0 61002 1"], ""]);
  });

  test("an image with more ids is refused with what to do, unless its owners may be ignored", async () => {
    const archive = join(engine.dir, "owned.tar");
    writeOciArchive(buildImage({ layers: [[...busyboxLayer(), { name: "owned", content: "", uid: 7, gid: 8 }]] }), archive, "localhost/owned:latest");
    const refused = await engine.fails(125, "load", "--quiet", "--input", archive);
    expect(refused).toMatch(/insufficient UIDs or GIDs available in user namespace \(requested 7:8\)[^]*add ids to \/etc\/subuid and \/etc\/subgid/);
    await engine.fails(1, "image", "exists", "localhost/owned:latest");
    expect(await engine.ok("--storage-opt", "ignore_chown_errors=true", "run", "--rm", "--network", "none", `oci-archive:${archive}`, "stat", "-c", "%u:%g", "/owned")).toBe("0:0");
  });

  test("maps that need more ids are refused with what to do", async () => {
    const image = await engine.useImage();
    expect(await engine.fails(125, "run", "--rm", "--userns", "nomap", image, "true")).toContain("requires additional UIDs or GIDs defined in /etc/subuid and /etc/subgid");
  });
});
