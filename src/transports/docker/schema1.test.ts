/** Schema 1, signed and not: converted with the id that Skopeo gives the same image. */
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { messageOf } from "../../base/errors.ts";
import { digestOf } from "../../formats/digest.ts";
import { parseSchema1, schema1Payload } from "../../formats/manifest-v1.ts";
import { archiveOf } from "../../formats/tar/testing/build.ts";
import { copyImage } from "../copy.ts";
import { openDirectoryDestination } from "../directory.ts";
import { fakeRegistry, testAccess } from "../testing/fake-registry.ts";
import { run } from "../testing/registry.ts";
import { openDockerSource } from "./source.ts";

const tars = [await archiveOf({ name: "etc/name", content: "first" }), await archiveOf({ name: "etc/name", content: "second" })];
const blobs = tars.map((tar) => Buffer.from(gzipSync(tar)));
const empty = Buffer.from(gzipSync(new Uint8Array(1024)));

const id = (letter: string): string => letter.repeat(64);

/** Newest first, with an empty layer on top. */
function manifest(): Buffer {
  const v1 = (fields: object): { v1Compatibility: string } => ({ v1Compatibility: JSON.stringify(fields) });
  return Buffer.from(`${JSON.stringify({
    schemaVersion: 1, name: "app", tag: "1", architecture: "amd64",
    fsLayers: [empty, blobs[1], blobs[0]].map((blob) => ({ blobSum: digestOf(blob ?? empty) })),
    history: [
      v1({ architecture: "amd64", os: "linux", id: id("c"), parent: id("b"), created: "2016-01-03T00:00:00Z", docker_version: "1.9.1", throwaway: true, config: { Cmd: ["sh"], Env: ["A=<b>"] }, container_config: { Cmd: ["/bin/sh", "-c", "#(nop) CMD [\"sh\"]"] } }),
      v1({ id: id("b"), parent: id("a"), created: "2016-01-02T00:00:00.5Z", author: "me", comment: "c & d", container_config: { Cmd: ["echo"] } }),
      v1({ id: id("a"), created: "2016-01-01T00:00:00Z", container_config: { Cmd: null } }),
    ],
  }, null, 3)}`);
}

function signed(payload: Buffer): Buffer {
  const body = payload.subarray(0, -2);
  const tail = payload.subarray(-2);
  const protectedPart = Buffer.from(JSON.stringify({ formatLength: body.length, formatTail: tail.toString("base64url"), time: "2016-01-01T00:00:00Z" })).toString("base64url");
  return Buffer.concat([body, Buffer.from(`,\n   "signatures": [\n      {\n         "header": {"alg": "ES256"},\n         "signature": "x",\n         "protected": "${protectedPart}"\n      }\n   ]\n}`)]);
}

const types = { plain: "application/vnd.docker.distribution.manifest.v1+json", signed: "application/vnd.docker.distribution.manifest.v1+prettyjws" };

test.each(["plain", "signed"] as const)("%s: converted, the same configuration and layers as Skopeo makes of it", async (kind) => {
  const payload = manifest();
  const bytes = kind === "signed" ? signed(payload) : payload;
  expect(Buffer.from(schema1Payload(bytes)).equals(payload)).toBe(true);
  await using registry = fakeRegistry((_request, url) => {
    if (url.pathname === "/v2/") return new Response("{}");
    if (url.pathname.includes("/manifests/")) return new Response(bytes, { headers: { "content-type": types[kind] } });
    const blob = [...blobs, empty].find((each) => url.pathname.endsWith(digestOf(each)));
    return blob === undefined ? undefined : new Response(blob);
  });
  const folder = mkdtempSync(join(tmpdir(), "schema1-"));
  try {
    // By digest too: it is of what was signed.
    for (const reference of [`${registry.host}/app:1`, `${registry.host}/app@${digestOf(payload)}`]) {
      await using source = await openDockerSource({ location: { transport: "docker", display: reference, reference }, reference, access: testAccess(), env: { TMPDIR: folder } });
      await using destination = await openDirectoryDestination({ transport: "dir", display: folder }, join(folder, "ours"));
      const { configDigest } = await copyImage(source, destination);
      await run(["skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "--format", "v2s2", "--remove-signatures", `docker://${reference}`, `dir:${folder}/theirs`]);
      const [ours, theirs] = ["ours", "theirs"].map((name) => JSON.parse(readFileSync(join(folder, name, "manifest.json"), "utf8")));
      expect(JSON.parse(readFileSync(join(folder, "ours", configDigest.slice(7)), "utf8"))).toEqual(JSON.parse(readFileSync(join(folder, "theirs", theirs.config.digest.slice(7)), "utf8")));
      expect(ours.config.digest).toBe(theirs.config.digest);
      expect(JSON.parse(readFileSync(join(folder, "ours", configDigest.slice(7)), "utf8")).rootfs.diff_ids).toEqual(tars.map((tar) => digestOf(tar)));
    }
    expect(readdirSync(folder).toSorted()).toEqual(["ours", "theirs"]);
  } finally { rmSync(folder, { recursive: true }); }
});

test("damaged and two-faced manifests are refused", () => {
  const good = JSON.parse(manifest().toString());
  const change = (fields: object): Buffer => Buffer.from(JSON.stringify({ ...good, ...fields }));
  expect(parseSchema1(change({})).layers.map(({ isEmpty }) => isEmpty)).toEqual([false, false, true]);
  for (const bytes of [
    change({ history: [] }), change({ fsLayers: [] }), change({ layers: [] }), change({ config: {} }), change({ fsLayers: [{ blobSum: "sha256:../../x" }, {}, {}] }),
    change({ signatures: [{ protected: Buffer.from('{"formatLength":99999999,"formatTail":""}').toString("base64url") }] }), change({ history: [{ v1Compatibility: "{" }, {}, {}] }),
  ]) {
    let message = "accepted";
    try { parseSchema1(bytes); } catch (error) { message = messageOf(error); }
    expect(message).toMatch(/manifest schema 1|digest/);
  }
});
