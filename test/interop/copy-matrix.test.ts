/**
 * Every source × every destination × packing × manifest format. Skopeo makes the sources and is the referee of the results:
 * manifest, configuration and layers have the digests they must have, and the media types that Skopeo itself would write.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteStream } from "../../src/contract/kit.ts";
import type { PushItem } from "../../src/contract/types/image-reports.ts";
import { imageContext, type ImageContext } from "../../src/image/testing/image-context.ts";
import { loadPath } from "../../src/image/load.ts";
import { pullImages } from "../../src/image/pull.ts";
import { push } from "../../src/image/push.ts";
import { save } from "../../src/image/save.ts";
import { decompressAny } from "../../src/storage/archive/decompress.ts";
import { startRegistry, type TestRegistry } from "../../src/transports/testing/registry.ts";
import { buildImage, digestOf, writeOciArchive, type BuiltImage } from "../harness/image.ts";
import { missingNeed } from "../harness/needs.ts";

const unmet = missingNeed(["root", "skopeo", "docker-registry"]);
const matrix = test.skipIf(unmet !== undefined);
const title = (text: string): string => unmet === undefined ? text : `${text} [${unmet}]`;

const entries = [[{ name: "etc/name", content: "first\n" }, { name: "big", content: "x".repeat(70_000) }], [{ name: "etc/name", content: "second\n" }]];
const built: BuiltImage = buildImage({ layers: entries });
const foreign: BuiltImage = buildImage({ layers: entries, architecture: process.arch === "arm64" ? "amd64" : "arm64" });
const diffIds: readonly string[] = JSON.parse(built.config.bytes.toString()).rootfs.diff_ids;

const transports = ["docker-archive", "oci-archive", "oci", "dir", "containers-storage", "docker"] as const;
type Transport = typeof transports[number];
type Packing = "gzip" | "zstd" | "none";
type Format = "v2s2" | "oci" | "index";
interface Kind { readonly format: Format; readonly packing: Packing }
const kinds: readonly Kind[] = (["v2s2", "oci", "index"] as const).flatMap((format) => (["gzip", "zstd", "none"] as const).map((packing) => ({ format, packing })))
  // Schema 2 has no zstd.
  .filter(({ format, packing }) => !(format === "v2s2" && packing === "zstd"));
const label = ({ format, packing }: Kind): string => `${format}-${packing}`;

let work = "";
let registry: TestRegistry;
let maker: ImageContext;
let serial = 0;

beforeAll(async () => {
  if (unmet !== undefined) return;
  work = mkdtempSync("/var/tmp/matrix-");
  registry = await startRegistry();
  maker = await imageContext();
  writeOciArchive(built, join(work, "base.tar"), "base");
  writeOciArchive(foreign, join(work, "foreign.tar"), "base");
  for (const kind of kinds) await makeSeed(kind);
}, 120_000);
afterAll(async () => {
  if (unmet !== undefined) return;
  await maker[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  rmSync(work, { recursive: true, force: true });
});

async function skopeo(...args: readonly string[]): Promise<Buffer> {
  const child = Bun.spawn(["skopeo", "--insecure-policy", ...args], { stdout: "pipe", stderr: "pipe", env: { ...process.env, TMPDIR: work } });
  const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).arrayBuffer(), new Response(child.stderr).text(), child.exited]);
  if (status !== 0) throw new Error(`skopeo ${args.join(" ")}: ${stderr}`);
  return Buffer.from(stdout);
}
const insecure = (side: "src" | "dest", place: string): readonly string[] => place.startsWith("docker://") ? [`--${side}-tls-verify=false`] : [];
async function skopeoCopy(from: string, to: string, ...flags: readonly string[]): Promise<void> {
  await skopeo("copy", "-q", ...insecure("src", from), ...insecure("dest", to), ...flags, from, to);
}

/** One seed of each kind as `dir:`; indexes are made in the registry, which takes any. */
async function makeSeed(kind: Kind): Promise<void> {
  const repository = `docker://${registry.host}/seed/${label(kind)}`;
  const single = kind.format === "v2s2" ? "v2s2" : "oci";
  const pack = async (archive: string, to: string): Promise<void> => {
    if (kind.packing === "none") return skopeoCopy(`oci-archive:${work}/${archive}.tar`, to, "--format", single, "--dest-decompress");
    // Skopeo does not pack again what is packed.
    await skopeoCopy(`oci-archive:${work}/${archive}.tar`, `dir:${work}/plain`, "--dest-decompress");
    await skopeoCopy(`dir:${work}/plain`, to, "--format", single, "--dest-compress", "--dest-compress-format", kind.packing);
    rmSync(join(work, "plain"), { recursive: true });
  };
  const seed = `dir:${join(work, label(kind))}`;
  if (kind.format !== "index") { await pack("base", seed); return; }
  const manifests: object[] = [];
  for (const [archive, architecture] of [["foreign", "other"], ["base", process.arch === "arm64" ? "arm64" : "amd64"]] as const) {
    await pack(archive, `dir:${work}/part`);
    await skopeoCopy(`dir:${work}/part`, `${repository}:${architecture}`, "--preserve-digests");
    const raw = readFileSync(join(work, "part/manifest.json"));
    manifests.push({ mediaType: JSON.parse(raw.toString()).mediaType, digest: digestOf(raw), size: raw.length, platform: { os: "linux", architecture } });
    rmSync(join(work, "part"), { recursive: true });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const answer = await fetch(`http://${registry.host}/v2/seed/${label(kind)}/manifests/all`, { method: "PUT", headers: { "content-type": mediaType }, body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }) });
  expect(answer.status).toBe(201);
  await skopeoCopy(`${repository}:all`, seed, "--all");
}

const holdsIndex = (transport: Transport): boolean => !["docker-archive", "containers-storage"].includes(transport);
function storageName({ temporary: { options } }: ImageContext, name: string): string { return `containers-storage:[${options.driver}@${options.graphRoot}+${options.runRoot}]${name}`; }

/** A place of this transport that does not exist yet. */
function place(transport: Transport, machine: ImageContext): { readonly ours: string; readonly theirs: string } {
  const path = join(work, `place-${serial++}`);
  const name = `${registry.host}/made/image:${serial}`;
  switch (transport) {
    case "docker": return { ours: `docker://${name}`, theirs: `docker://${name}` };
    case "containers-storage": return { ours: `containers-storage:localhost/made:${serial}`, theirs: storageName(machine, `localhost/made:${serial}`) };
    case "docker-archive": return { ours: `${transport}:${path}:localhost/made:1`, theirs: `${transport}:${path}:localhost/made:1` };
    case "oci": case "oci-archive": return { ours: `${transport}:${path}:made`, theirs: `${transport}:${path}:made` };
    case "dir": return { ours: `dir:${path}`, theirs: `dir:${path}` };
  }
}

async function pushDigest(items: AsyncIterable<PushItem>): Promise<string> {
  let digest = "";
  for await (const item of items) digest = item.manifestdigest ?? digest;
  return digest;
}

interface Seen { readonly manifest: string; readonly mediaType: string; readonly layerTypes: readonly string[] }

/** What Skopeo finds at a place; configuration and layers must be those of the original. */
async function judge(where: string): Promise<Seen> {
  const tls = where.startsWith("docker://") ? ["--tls-verify=false"] : [];
  const raw = await skopeo("inspect", "--raw", ...tls, where);
  expect(digestOf(await skopeo("inspect", "--raw", "--config", ...tls, where))).toBe(built.config.digest);
  const out = mkdtempSync(join(work, "judge-"));
  await skopeoCopy(where, `dir:${out}`);
  const copied = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  expect(await Promise.all(copied.layers.map(({ digest }: { digest: string }) => diffId(out, digest)))).toEqual(diffIds as string[]);
  rmSync(out, { recursive: true });
  const { mediaType, layers } = JSON.parse(raw.toString());
  return { manifest: digestOf(raw), mediaType, layerTypes: layers.map((layer: { mediaType: string }) => layer.mediaType) };
}

async function diffId(folder: string, digest: string): Promise<string> {
  const bytes = readFileSync(join(folder, digest.slice(7)));
  expect(digestOf(bytes)).toBe(digest);
  const { stream } = await decompressAny((async function* (): ByteStream { yield bytes; })());
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of stream) hasher.update(chunk);
  return `sha256:${hasher.digest("hex")}`;
}

const layerType = { oci: "application/vnd.oci.image.layer.v1.tar", v2s2: "application/vnd.docker.image.rootfs.diff.tar" } as const;
const manifestType = { oci: "application/vnd.oci.image.manifest.v1+json", v2s2: "application/vnd.docker.distribution.manifest.v2+json" } as const;

/** What Podman 5.8 writes for an image in storage whose manifest has this format. */
function expected(destination: Transport, own: "oci" | "v2s2"): { readonly mediaType: string; readonly layerTypes: readonly string[] } {
  const of = (format: "oci" | "v2s2", suffix: string): { readonly mediaType: string; readonly layerTypes: readonly string[] } => ({ mediaType: manifestType[format], layerTypes: diffIds.map(() => `${layerType[format]}${suffix}`) });
  switch (destination) {
    // Its reader calls every layer so.
    case "docker-archive": return of("v2s2", ".gzip");
    case "oci": case "oci-archive": return of("oci", "+gzip");
    case "docker": return of(own, own === "oci" ? "+gzip" : ".gzip");
    case "dir": case "containers-storage": return of(own, "");
  }
}

/** Docker archives have one form; what Skopeo is given for them must not be zstd, which it cannot turn. */
function applies(source: Transport, { format, packing }: Kind): boolean {
  return (format !== "index" || holdsIndex(source)) && !(source === "docker-archive" && packing === "zstd");
}

for (const source of transports) {
  for (const kind of kinds.filter((each) => applies(source, each))) {
    matrix(title(`${source} ${label(kind)}: pulled and pushed everywhere`), async () => {
      await using machine = await imageContext(`[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`);
      const { context, temporary: { store } } = machine;
      const from = place(source, machine);
      await skopeoCopy(`dir:${work}/${label(kind)}`, from.theirs, ...(kind.format === "index" ? ["--all"] : []), ...(source === "docker" || source === "dir" ? ["--preserve-digests"] : []));
      const [pulled] = await pullImages(context, { ref: from.ours });
      expect(pulled?.id).toBe(built.config.digest.slice(7));
      expect(store.layers().map(({ diffDigest }) => diffDigest ?? "").toSorted()).toEqual(diffIds.toSorted());
      await judge(storageName(machine, `@${pulled?.id}`));
      const own = source === "docker-archive" ? "v2s2" : source.startsWith("oci") || kind.format !== "v2s2" ? "oci" : "v2s2";
      for (const destination of transports.filter((each) => each !== "containers-storage")) {
        const to = place(destination, machine);
        const digest = await pushDigest(push(context, { ref: pulled?.id ?? "", destination: to.ours, quiet: true, tlsVerify: false }));
        const { manifest, ...types } = await judge(to.theirs);
        // A docker archive's manifest is made up by who reads it.
        if (destination !== "docker-archive") expect([destination, manifest]).toEqual([destination, digest]);
        // A registry that has a layer in the form in which it came here is not sent another form.
        const shown = destination === "docker" ? { ...types, layerTypes: types.layerTypes.map((type) => type.replace(/\.tar(?:[+.]zstd)?$/, own === "oci" ? ".tar+gzip" : ".tar.gzip")) } : types;
        // An archive's layers are called packed and are not; as nothing changes, the manifest stays.
        const wanted = source === "docker-archive" && destination === "dir" ? expected("docker", own) : expected(destination, own);
        expect([destination, shown]).toEqual([destination, wanted]);
      }
    }, 60_000);
  }
}

const choices = (["oci", "v2s2"] as const).flatMap((format) => (["gzip", "zstd"] as const).map((packing) => ({ format, packing }))).filter(({ format, packing }) => format === "oci" || packing === "gzip");
for (const { format, packing } of choices) {
  matrix(title(`pushed as ${format} with ${packing}, whatever it was: every layer is so, the digest file says what was written`), async () => {
    await using machine = await imageContext(`[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`);
    const { context } = machine;
    for (const kind of kinds) {
      const [pulled] = await pullImages(context, { ref: `dir:${work}/${label(kind)}` });
      for (const destination of ["docker", "dir", "oci", "oci-archive"] as const) {
        if (format === "v2s2" && destination.startsWith("oci")) continue;
        const to = place(destination, machine);
        const digest = await pushDigest(push(context, { ref: pulled?.id ?? "", destination: to.ours, quiet: true, tlsVerify: false, format, compressionFormat: packing, compressionLevel: 1, compress: true, forceCompressionFormat: true }));
        const { manifest, mediaType, layerTypes } = await judge(to.theirs);
        expect([destination, manifest, mediaType, layerTypes]).toEqual([destination, digest, manifestType[format], diffIds.map(() => `${layerType[format]}${format === "oci" ? "+" : "."}${packing}`)]);
      }
    }
  }, 60_000);
}

for (const format of ["docker-archive", "oci-archive", "oci-dir", "docker-dir"]) {
  matrix(title(`saved as ${format}, read by Skopeo, loaded again`), async () => {
    await using machine = await imageContext();
    const { context } = machine;
    await loadPath(context, { path: join(work, "base.tar") });
    const file = join(work, `saved-${format}`);
    const bytes: Uint8Array[] = [];
    for await (const chunk of save(context, { references: ["localhost/base"], format })) bytes.push(chunk);
    if (format.endsWith("dir")) {
      mkdirSync(file);
      const child = Bun.spawn(["tar", "x", "-C", file], { stdin: Buffer.concat(bytes) });
      expect(await child.exited).toBe(0);
    } else writeFileSync(file, Buffer.concat(bytes));
    await judge(`${{ "oci-dir": "oci", "docker-dir": "dir" }[format] ?? format}:${file}`);
    await using other = await imageContext();
    await loadPath(other.context, { path: file });
    expect(other.temporary.store.images().map(({ id }) => `sha256:${id}`)).toEqual([built.config.digest]);
  });
}
