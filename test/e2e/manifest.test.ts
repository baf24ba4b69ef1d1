/** Manifest lists: made, changed, looked at, pushed, removed; what other commands make of them. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine, type TestEngine } from "../harness/engine.ts";
import { buildImage, busyboxImage, digestOf, writeOciArchive, type BuiltImage } from "../harness/image.ts";
import { startRegistry } from "../harness/registry.ts";

const ociIndex = "application/vnd.oci.image.index.v1+json";
const dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const zstd = "io.github.containers.compression.zstd";
const foreign = process.arch === "arm64" ? "amd64" : "arm64";
const own = process.arch === "arm64" ? "arm64" : "amd64";
const other = buildImage({ layers: [[{ name: "who", content: "other\n" }]], architecture: foreign, config: { Cmd: ["/who"] } });

interface Index { readonly mediaType: string; readonly annotations?: Record<string, string>; readonly manifests: readonly { readonly digest: string; readonly mediaType: string; readonly size: number; readonly platform?: { readonly architecture: string; readonly os: string; readonly variant?: string }; readonly annotations?: Record<string, string>; readonly artifactType?: string; readonly files?: readonly string[] }[] | null }

async function load(engine: TestEngine, image: BuiltImage, name: string): Promise<void> {
  const archive = join(engine.dir, "load.tar");
  writeOciArchive(image, archive, name);
  await engine.ok("load", "-q", "-i", archive);
}
async function inspect(engine: TestEngine, name: string): Promise<Index> { return JSON.parse(await engine.ok("manifest", "inspect", name)) as Index; }
async function both(engine: TestEngine, list: string): Promise<void> {
  await engine.useImage();
  await load(engine, other, "localhost/other:latest");
  await engine.ok("manifest", "create", list, "containers-storage:localhost/busybox", "containers-storage:localhost/other");
}

withEngine("manifest", { needs: ["root", "crun", "conmon"] }, (engine) => {
  test("an empty list, with the bytes, the digest and the names that Podman gives it", async () => {
    const id = await engine.ok("manifest", "create", "empty");
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await inspect(engine, "empty")).toEqual({ schemaVersion: 2, mediaType: dockerIndex, manifests: null } as never);
    const [listed] = JSON.parse(await engine.ok("images", "--format", "json", "empty")) as readonly Record<string, unknown>[];
    expect(listed).toMatchObject({ Id: id, Digest: "sha256:20b959ad5960230b65a77b746bdbf5d991ade4d7a129c2554e167acdcc990531", Names: ["localhost/empty:latest"], Labels: null });
    expect(await engine.fails(125, "manifest", "create", "empty")).toBe(`Error: image name "localhost/empty:latest" is already associated with image "${id}": that name is already in use, or use --replace to instruct Podman to do so.\n`);
    expect(await engine.ok("manifest", "create", "--amend", "--annotation", "up=down", "empty")).toBe(id);
    expect(await inspect(engine, "empty")).toEqual({ schemaVersion: 2, mediaType: ociIndex, manifests: null, annotations: { up: "down" } } as never);
    expect(await engine.ok("images", "--filter", "manifest=true", "--format", "{{.Repository}}")).toBe("localhost/empty");
    await engine.ok("manifest", "exists", "empty");
    expect(await engine.fails(1, "manifest", "exists", "none")).toBe("");
    expect(await engine.fails(1, "image", "exists", "empty")).toBe("");
    expect(await engine.ok("manifest", "rm", "empty")).toBe(`Untagged: localhost/empty:latest\nDeleted: ${id}`);
    expect(await engine.fails(1, "manifest", "rm", "empty")).toBe("Error: empty: image not known\n");
    expect(await engine.ok("manifest", "rm", "--ignore", "empty")).toBe("");
  });

  test("images become entries with their platform; entries are changed and taken away", async () => {
    await both(engine, "two");
    const [first, second] = (await inspect(engine, "two")).manifests ?? [];
    expect([first?.platform, second?.platform]).toEqual([{ architecture: own, os: "linux" }, { architecture: foreign, os: "linux" }]);
    expect(second).toEqual({ mediaType: ociManifest, size: other.manifest.size, digest: other.manifest.digest, platform: { architecture: foreign, os: "linux" } });
    await engine.ok("manifest", "annotate", "--annotation", "a=b,c", "--arch", "riscv64", "--variant", "v9", "--os-version", "7", "--os-features", "x,y", "two", other.manifest.digest);
    await engine.ok("manifest", "annotate", "--index", "--annotation", "whole=yes", "two");
    const changed = await inspect(engine, "two");
    expect(changed.annotations).toEqual({ whole: "yes" });
    expect(changed.manifests?.[1]).toMatchObject({ platform: { architecture: "riscv64", os: "linux", "os.version": "7", "os.features": ["x", "y"], variant: "v9" }, annotations: { a: "b,c" } });
    // By name of the image, and adding it again replaces the entry.
    await engine.ok("manifest", "annotate", "--features", "f1", "two", "containers-storage:localhost/busybox");
    await engine.ok("manifest", "add", "--os", "plan9", "two", "containers-storage:localhost/other");
    expect((await inspect(engine, "two")).manifests?.map(({ platform }) => platform?.os)).toEqual(["linux", "plan9"]);
    expect(await engine.fails(125, "manifest", "remove", "two", "zz")).toBe('Error: removing from manifest list two: invalid image digest "zz": invalid checksum digest format\n');
    const absent = digestOf(Buffer.from("absent"));
    expect(await engine.fails(125, "manifest", "remove", "two", absent)).toBe(`Error: removing from manifest list two: no instance matching digest "${absent}" found in manifest list: file does not exist\n`);
    await engine.ok("manifest", "remove", "two", other.manifest.digest);
    expect((await inspect(engine, "two")).manifests).toHaveLength(1);
    expect(await engine.fails(125, "manifest", "exists", "localhost/busybox")).toBe("Error: localhost/busybox:latest: image is not a manifest list\n");
    expect(await engine.fails(125, "manifest", "annotate", "two")).toContain("expected an instance digest, image name, or artifact name");
    expect(await engine.fails(125, "manifest", "add", "--artifact-type", "x", "two", "y")).toContain("--artifact-type requires --artifact");
    expect(await engine.fails(125, "manifest", "add", "--annotation", "hoge", "two", "containers-storage:localhost/other")).toContain('no value given for annotation "hoge"');
    expect((await inspect(engine, "two")).manifests).toHaveLength(1);
    await engine.ok("manifest", "rm", "two");
  });

  test("a list that cannot be filled is not left behind", async () => {
    const text = await engine.fails(125, "manifest", "create", "half", "containers-storage:localhost/absent");
    expect(text).toContain("localhost/absent: image not known");
    await engine.fails(1, "manifest", "exists", "half");
  });

  test("by its name the image for this machine is run, inspected and pushed; names belong to the list", async () => {
    await both(engine, "multi");
    expect(await engine.ok("run", "--rm", "--network", "none", "multi", "echo", "ran")).toBe("ran");
    expect(await engine.ok("image", "inspect", "-f", "{{.RepoTags}}", "multi")).toBe("[localhost/busybox:latest]");
    await engine.ok("tag", "multi", "again");
    expect(await inspect(engine, "again")).toEqual(await inspect(engine, "multi"));
    await engine.ok("untag", "multi", "again");
    await engine.fails(1, "manifest", "exists", "again");
    await engine.ok("push", "-q", "multi", `dir:${join(engine.dir, "single")}`);
    expect(JSON.parse(readFileSync(join(engine.dir, "single/manifest.json"), "utf8")).config).toBeDefined();
    // `--platform` takes the other one from the list, without any registry.
    expect(await engine.ok("pull", "-q", "--policy", "missing", "--platform", `linux/${foreign}`, "localhost/multi")).toBe(other.config.digest.slice(7));
    await engine.ok("manifest", "remove", "multi", (await inspect(engine, "multi")).manifests?.[0]?.digest ?? "");
    expect(await engine.fails(125, "image", "inspect", "multi")).toContain(`no image found in image index for architecture "${own}", variant "", OS "linux": image not known`);
    await engine.ok("push", "-q", "multi", `dir:${join(engine.dir, "whole")}`);
    expect(JSON.parse(readFileSync(join(engine.dir, "whole/manifest.json"), "utf8")).mediaType).toBe(ociIndex);
    expect(await engine.ok("rmi", "multi")).toStartWith("Untagged: localhost/multi:latest\nDeleted: ");
    await engine.ok("image", "exists", "localhost/other");
  });

  test("pushed to directories and layouts: progress, digests, formats", async () => {
    await both(engine, "out");
    const target = join(engine.dir, "out-dir");
    const shown = await engine.run(["manifest", "push", "--digestfile", join(engine.dir, "digest"), "out", `dir:${target}`]);
    expect([shown.status, shown.stdout]).toEqual([0, ""]);
    const lines = shown.stderr.split("\n");
    expect([lines[0], lines[1]]).toEqual(["Getting image list signatures", "Copying 2 images generated from 2 images in list"]);
    expect(lines).toContain(`Copying image ${other.manifest.digest} (2/2)`);
    expect(lines.slice(-3)).toEqual(["Writing manifest list to image destination", "Storing list signatures", ""]);
    const bytes = readFileSync(join(target, "manifest.json"));
    expect(readFileSync(join(engine.dir, "digest"), "utf8")).toBe(digestOf(bytes));
    for (const { digest } of (JSON.parse(bytes.toString()) as Index).manifests ?? []) expect(existsSync(join(target, `${digest.slice(7)}.manifest.json`))).toBe(true);
    await engine.ok("manifest", "push", "-q", "--all=false", "out", `dir:${join(engine.dir, "sparse")}`);
    expect(readdirSync(join(engine.dir, "sparse")).toSorted()).toEqual(["manifest.json", "version"]);
    await engine.ok("manifest", "push", "-q", "--format", "v2s2", "out", `dir:${join(engine.dir, "docker")}`);
    const docker = JSON.parse(readFileSync(join(engine.dir, "docker/manifest.json"), "utf8")) as Index;
    expect([docker.mediaType, docker.manifests?.[0]?.mediaType]).toEqual([dockerIndex, "application/vnd.docker.distribution.manifest.v2+json"]);
    expect(await engine.fails(125, "manifest", "push", "-q", "out", `docker-archive:${join(engine.dir, "x.tar")}`)).toContain("does not support copying multiple images as a group");
    expect(await engine.fails(125, "manifest", "push", "--format", "foo", "out", `dir:${target}`)).toContain('unknown format "foo"');
    expect(await engine.fails(125, "manifest", "push", "nosource", "nodestination")).toBe("Error: retrieving local image from image name nosource: nosource: image not known\n");
    await engine.ok("manifest", "push", "-q", "--rm", "out", `oci:${join(engine.dir, "layout")}:tag`);
    await engine.fails(1, "manifest", "exists", "out");
  });

  test("images stay on their registry until the push brings them along; lists of lists; more compressions", async () => {
    await using registry = await startRegistry();
    registry.put("from/one", "1", busyboxImage());
    registry.put("from/two", "2", other);
    const entries = [busyboxImage(), other].map(({ manifest }, at) => ({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size, platform: { architecture: [own, foreign][at] ?? "", os: "linux" } }));
    for (const image of [busyboxImage(), other]) registry.put("from/many", image.manifest.digest, image);
    registry.putManifest("from/many", "all", ociIndex, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: entries })));
    await engine.ok("manifest", "create", "--tls-verify=false", "remote", `docker://${registry.host}/from/one:1`);
    await engine.ok("manifest", "add", "--tls-verify=false", "remote", `${registry.host}/from/two:2`);
    expect((await inspect(engine, "remote")).manifests?.map(({ digest }) => digest)).toEqual(entries.map(({ digest }) => digest));
    await engine.ok("manifest", "push", "-q", "--tls-verify=false", "remote", `${registry.host}/to/list:1`);
    expect(registry.manifests.get(`to/list@${other.manifest.digest}`)?.digest).toBe(other.manifest.digest);
    expect((JSON.parse(Buffer.from(registry.manifests.get("to/list:1")?.bytes ?? []).toString()) as Index).manifests?.map(({ digest }) => digest)).toEqual(entries.map(({ digest }) => digest));
    // Inspecting what is not local asks the registry.
    expect((await inspect(engine, "remote")).manifests).toHaveLength(2);
    const far = JSON.parse(await engine.ok("manifest", "inspect", "--tls-verify=false", `${registry.host}/to/list:1`)) as Index;
    expect(far.manifests?.map(({ platform }) => platform?.architecture)).toEqual([own, foreign]);
    expect(await engine.fails(125, "manifest", "inspect", `${registry.host}/to/list:1`)).toStartWith(`Error: reading image "docker://${registry.host}/to/list:1": fetching manifest 1 in ${registry.host}/to/list: pinging container registry ${registry.host}: `);
    await engine.ok("manifest", "create", "--tls-verify=false", "--all", "everything", `docker://${registry.host}/from/many:all`);
    await engine.ok("manifest", "create", "--tls-verify=false", "fitting", `docker://${registry.host}/from/many:all`);
    expect([(await inspect(engine, "everything")).manifests?.length, (await inspect(engine, "fitting")).manifests?.length]).toEqual([2, 1]);
    const pushed = await engine.run(["manifest", "push", "--tls-verify=false", "--compression-format", "gzip", "--add-compression", "zstd", "everything", `${registry.host}/to/packed:1`]);
    expect([pushed.status, pushed.stderr]).toEqual([0, expect.stringContaining("Copying 4 images generated from 2 images in list")]);
    const packed = JSON.parse(Buffer.from(registry.manifests.get("to/packed:1")?.bytes ?? []).toString()) as Index;
    expect(packed.manifests?.map(({ platform, annotations }) => [platform?.architecture, annotations?.[zstd] ?? ""])).toEqual([[own, ""], [foreign, ""], [own, "true"], [foreign, "true"]]);
    const layer = JSON.parse(Buffer.from(registry.manifests.get(`to/packed@${packed.manifests?.[3]?.digest}`)?.bytes ?? []).toString()).layers[0];
    expect(layer.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+zstd");
    expect(await engine.fails(125, "manifest", "push", "-q", "--tls-verify=false", "--add-compression", "lzma", "everything", `${registry.host}/to/x`)).toContain('cannot find compressor for "lzma"');
    await engine.ok("manifest", "rm", "remote", "everything", "fitting");
  });

  test("files as artifacts of a list", async () => {
    const [text, config] = [join(engine.dir, "notes.txt"), join(engine.dir, "config.json")];
    writeFileSync(text, "oh yeah\n");
    writeFileSync(config, '{"a":1}');
    await engine.ok("manifest", "create", "files");
    await engine.ok("manifest", "add", "--artifact", "--os", "linux", "--arch", "amd64", "--annotation", "k=v", "files", text);
    await engine.ok("manifest", "add", "--artifact", "--artifact-type", "application/x-test", "--artifact-layer-type", "text/x", "--artifact-config", config, "--artifact-config-type", "application/x-config", "--artifact-exclude-titles", "files", text, config);
    const [first, second] = (await inspect(engine, "files")).manifests ?? [];
    expect(first).toMatchObject({ artifactType: "application/vnd.unknown.artifact.v1", platform: { architecture: "amd64", os: "linux" }, annotations: { k: "v" }, files: [text] });
    expect(second).toMatchObject({ artifactType: "application/x-test", platform: { architecture: "", os: "" }, files: [text, config] });
    await engine.ok("manifest", "annotate", "--variant", "v1", "files", "config.json");
    const target = join(engine.dir, "files-dir");
    await engine.ok("manifest", "push", "-q", "files", `dir:${target}`);
    const manifest = (digest: string): object => JSON.parse(readFileSync(join(target, `${digest.slice(7)}.manifest.json`), "utf8")) as object;
    expect(manifest(first?.digest ?? "")).toEqual({
      schemaVersion: 2, mediaType: ociManifest, artifactType: "application/vnd.unknown.artifact.v1", config: { mediaType: "application/vnd.oci.empty.v1+json", digest: expect.any(String), size: 2, data: "e30=" },
      layers: [{ mediaType: "text/plain", digest: digestOf(Buffer.from("oh yeah\n")), size: 8, annotations: { "org.opencontainers.image.title": "notes.txt" } }],
    });
    expect(manifest(second?.digest ?? "")).toMatchObject({ artifactType: "application/x-test", config: { mediaType: "application/x-config", size: 7 }, layers: [{ mediaType: "text/x" }, { mediaType: "text/x" }] });
    expect(readFileSync(join(target, digestOf(Buffer.from("oh yeah\n")).slice(7)), "utf8")).toBe("oh yeah\n");
    await engine.ok("manifest", "rm", "files");
  });
});
