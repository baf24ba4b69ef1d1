/** OCI artifacts: stored, listed, extracted, removed, and sent to a registry and back. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";
import { digestOf } from "../harness/image.ts";
import { startRegistry } from "../harness/registry.ts";

withEngine("artifact", { needs: ["root"] }, (engine) => {
  const file = (name: string, content: string): string => { const path = join(engine.dir, name); writeFileSync(path, content); return path; };
  const empty = { mediaType: "application/vnd.oci.empty.v1+json", digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", size: 2, data: "e30=" };

  test("files become titled blobs of known types; appending keeps the date; names are taken once", async () => {
    const [a, b, c] = [file("a.txt", "hello\n"), file("b.bin", "\0\u0001"), file("c.json", '{"a":1}')];
    const digest = await engine.ok("artifact", "add", "--type", "application/x-foo", "--annotation", "k=v", "quay.io/x/art:1", a, b);
    const shown = JSON.parse(await engine.ok("artifact", "inspect", "quay.io/x/art:1"));
    const created = shown.Manifest.annotations["org.opencontainers.image.created"];
    expect(shown).toEqual({
      Manifest: {
        schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "application/x-foo", config: empty,
        layers: [
          { mediaType: "text/plain; charset=utf-8", digest: digestOf(Buffer.from("hello\n")), size: 6, annotations: { k: "v", "org.opencontainers.image.title": "a.txt" } },
          { mediaType: "application/octet-stream", digest: digestOf(Buffer.from("\0\u0001")), size: 2, annotations: { k: "v", "org.opencontainers.image.title": "b.bin" } },
        ],
        annotations: { k: "v", "org.opencontainers.image.created": expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) },
      },
      Name: "quay.io/x/art:1", Digest: `sha256:${digest}`,
    });
    expect(await engine.fails(125, "artifact", "add", "quay.io/x/art:1", c)).toBe("Error: quay.io/x/art:1: artifact already exists\n");
    expect(await engine.fails(125, "artifact", "add", "--append", "quay.io/x/art:1", a)).toBe("Error: a.txt: file already exists in artifact\n");
    expect(await engine.fails(125, "artifact", "add", "--append", "--replace", "quay.io/x/art:1", c)).toContain("--append and --replace options cannot be used together");
    expect(await engine.fails(125, "artifact", "add", "other", join(engine.dir, "absent"))).toContain("no such file or directory");
    const appended = await engine.ok("artifact", "add", "--append", "quay.io/x/art:1", c);
    expect(appended).not.toBe(digest);
    expect(await engine.ok("artifact", "inspect", "-f", '{{index .Manifest.Annotations "org.opencontainers.image.created"}} {{len .Manifest.Layers}}', "quay.io/x/art:1")).toBe(`${created} 3`);
    expect(await engine.ok("artifact", "ls", "--format", "{{.Repository}} {{.Tag}} {{.Digest}} {{.Size}} {{.VirtualSize}}")).toBe(`quay.io/x/art 1 ${appended.slice(0, 12)} 15B 15`);
    expect((await engine.ok("artifact", "ls")).split("\n")[0]).toMatch(/^REPOSITORY +TAG +DIGEST +CREATED +SIZE$/);
    // The manifest that was replaced is gone; nothing else is left over.
    const root = join(await engine.ok("info", "-f", "{{.Store.GraphRoot}}"), "artifacts");
    const manifest: { readonly layers: readonly { readonly digest: string }[] } = JSON.parse(readFileSync(join(root, "blobs/sha256", appended), "utf8"));
    expect(readdirSync(join(root, "blobs/sha256")).toSorted()).toEqual([appended, ...[empty, ...manifest.layers].map((each) => each.digest.slice(7))].toSorted());
    const replaced = await engine.ok("artifact", "add", "--replace", "quay.io/x/art:1", c);
    expect(await engine.ok("artifact", "rm", replaced.slice(0, 12))).toBe(replaced);
    expect(readdirSync(join(root, "blobs/sha256"))).toEqual([]);
    expect(await engine.fails(125, "artifact", "rm", "nope")).toBe("Error: nope: artifact does not exist\n");
    expect(await engine.ok("artifact", "rm", "-i", "nope")).toBe("");
  });

  test("extracted: one file or all; titles that are paths are refused before anything is written", async () => {
    const [a, b] = [file("one.txt", "one"), file("two.txt", "two")];
    await engine.ok("artifact", "add", "localhost/two", a, b);
    const out = join(engine.dir, "out");
    expect(await engine.fails(125, "artifact", "extract", "localhost/two", out)).toContain("the artifact consists of several blobs");
    await engine.ok("artifact", "extract", "--title", "two.txt", "localhost/two", out);
    expect(readFileSync(out, "utf8")).toBe("two");
    const folder = join(engine.dir, "folder");
    mkdirSync(folder);
    await engine.ok("artifact", "extract", "localhost/two", folder);
    expect(readdirSync(folder).toSorted()).toEqual(["one.txt", "two.txt"]);
    await engine.ok("artifact", "extract", "--digest", digestOf(Buffer.from("one")), "localhost/two", folder);
    expect(readFileSync(join(folder, digestOf(Buffer.from("one")).replace(":", "-")), "utf8")).toBe("one");
    expect(await engine.fails(125, "artifact", "extract", "--title", "zz", "localhost/two", folder)).toBe('Error: no blob with the title "zz"\n');
    await engine.ok("artifact", "add", "--annotation", "org.opencontainers.image.title=../escape", "localhost/evil", a);
    expect(await engine.fails(125, "artifact", "extract", "localhost/evil", folder)).toContain('invalid name: "../escape" cannot contain /: artifact blob title invalid');
    expect(existsSync(join(engine.dir, "escape"))).toBe(false);
    await engine.ok("artifact", "rm", "--all");
    expect(await engine.ok("artifact", "ls", "-n")).toBe("");
  });

  test("pushed and pulled byte for byte", async () => {
    await using registry = await startRegistry();
    const name = `${registry.host}/team/art:1`;
    const digest = await engine.ok("artifact", "add", "--file-type", "application/vnd.oci.image.layer.v1.tar", name, file("plain.txt", "plain".repeat(5000)));
    const digestFile = join(engine.dir, "digest");
    await engine.ok("artifact", "push", "-q", "--tls-verify=false", "--digestfile", digestFile, name);
    expect(readFileSync(digestFile, "utf8")).toBe(`sha256:${digest}`);
    expect(registry.manifests.get("team/art:1")?.digest).toBe(`sha256:${digest}`);
    await engine.ok("artifact", "rm", name);
    await engine.ok("artifact", "pull", "-q", "--tls-verify=false", name);
    expect(JSON.parse(await engine.ok("artifact", "inspect", name)).Digest).toBe(`sha256:${digest}`);
    await engine.ok("artifact", "extract", name, join(engine.dir, "back"));
    expect(readFileSync(join(engine.dir, "back"), "utf8")).toBe("plain".repeat(5000));
    expect(await engine.fails(125, "artifact", "pull", "-q", "--retry", "0", "--tls-verify=false", `${registry.host}/team/none:1`)).toContain("manifest unknown");
    expect(await engine.fails(125, "artifact", "push", "nope")).toContain("does not exist");
    await engine.ok("artifact", "rm", "-a");
  });
});
