/** Manifest lists of ours in the hands of Skopeo: read from the store, pushed by us and copied on. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";
import { buildImage, digestOf, writeOciArchive } from "../harness/image.ts";
import { startRegistry } from "../harness/registry.ts";

withEngine("manifest lists and Skopeo", { needs: ["root", "skopeo"] }, (engine) => {
  const skopeo = async (...args: readonly string[]): Promise<Buffer> => {
    const child = Bun.spawn(["skopeo", "--insecure-policy", ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: { ...process.env } });
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).bytes(), new Response(child.stderr).text(), child.exited]);
    expect([args.join(" "), status, status === 0 ? "" : stderr]).toEqual([args.join(" "), 0, ""]);
    return Buffer.from(stdout);
  };

  test("the list in the store and on a registry is the same index to both, and every image of it is whole", async () => {
    await using registry = await startRegistry();
    for (const architecture of ["amd64", "arm64"]) {
      const archive = join(engine.dir, `${architecture}.tar`);
      writeOciArchive(buildImage({ layers: [[{ name: "arch", content: architecture }]], architecture }), archive, `localhost/${architecture}:latest`);
      await engine.ok("load", "-q", "-i", archive);
    }
    await engine.ok("manifest", "create", "--annotation", "a=b", "list", "containers-storage:localhost/amd64", "containers-storage:localhost/arm64");
    const store = await engine.ok("info", "-f", "{{.Store.GraphDriverName}}@{{.Store.GraphRoot}}+{{.Store.RunRoot}}");
    const raw = await skopeo("inspect", "--raw", `containers-storage:[${store}]localhost/list:latest`);
    const index = JSON.parse(raw.toString()) as { readonly annotations: object; readonly manifests: readonly { readonly digest: string; readonly platform: object }[] };
    expect(index).toMatchObject({ annotations: { a: "b" }, manifests: [{ platform: { architecture: "amd64", os: "linux" } }, { platform: { architecture: "arm64", os: "linux" } }] });
    await engine.ok("manifest", "push", "-q", "--tls-verify=false", "--digestfile", join(engine.dir, "digest"), "list", `${registry.host}/list:1`);
    const there = await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${registry.host}/list:1`);
    expect(digestOf(there)).toBe(readFileSync(join(engine.dir, "digest"), "utf8"));
    await skopeo("copy", "--all", "--preserve-digests", "--src-tls-verify=false", `docker://${registry.host}/list:1`, `oci:${join(engine.dir, "layout")}:list`);
    // And back: an index that Skopeo wrote is added image by image.
    await engine.ok("manifest", "create", "--all", "back", `oci:${join(engine.dir, "layout")}:list`);
    const back = JSON.parse(await engine.ok("manifest", "inspect", "back")) as typeof index;
    expect(back.manifests.map(({ digest }) => digest)).toEqual((JSON.parse(there.toString()) as typeof index).manifests.map(({ digest }) => digest));
    await engine.ok("manifest", "push", "-q", "back", `dir:${join(engine.dir, "out")}`);
    await skopeo("copy", "--all", `dir:${join(engine.dir, "out")}`, `oci:${join(engine.dir, "again")}:list`);
  });
});
