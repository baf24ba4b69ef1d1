/**
 * What the transfer rows move: an image of ten layers made of the machine's own files (programs, libraries, texts: what images
 * hold), as an OCI layout, and a registry on loopback whose blobs can be thrown away between rounds.
 */
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tar, type TarEntry } from "../test/harness/tar.ts";

const layerCount = 10;
/** Larger files would make a layer of one entry. */
const maxFileBytes = 24 << 20;
const sourceFolder = "/usr";

export interface Material {
  /** An OCI layout with the image `bench`; its layers are gzip. */
  readonly layout: string;
  /** `127.0.0.1:PORT`. */
  readonly registry: string;
  /** Forgets all that was pushed. */
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
}

/** Reuses what an earlier run left in `folder`. @throws when the machine has no docker-registry */
export async function makeMaterial(folder: string, megabytes: number): Promise<Material> {
  const layout = join(folder, `layout-${megabytes}`);
  if (!existsSync(join(layout, "index.json"))) {
    // In another process: what this one has used once counts as peak memory of every program that it starts.
    const script = import.meta.path.startsWith("/$bunfs") ? [] : [join(import.meta.dirname, "run.ts")];
    const child = Bun.spawn([process.execPath, ...script, "--layout", layout, "--size", String(megabytes)], { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
    if (await child.exited !== 0) throw new Error("the large image could not be made");
  }
  const data = join(folder, "registry");
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const { port, stop } = await startRegistry(data);
  return {
    layout, registry: `127.0.0.1:${port}`, stop,
    forget: () => { rmSync(join(data, "docker"), { recursive: true, force: true }); },
  };
}

async function startRegistry(data: string): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
  const port = probe.port ?? 0;
  await probe.stop(true);
  const config = join(data, "config.yml");
  // No cache of descriptors: what `forget` removes is gone.
  writeFileSync(config, `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${data}}, delete: {enabled: true}}\nhttp: {addr: 127.0.0.1:${port}}\n`);
  const child = Bun.spawn(["docker-registry", "serve", config], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  while (!await fetch(`http://127.0.0.1:${port}/v2/`).then(({ ok }) => ok, () => false)) {
    if (child.exitCode !== null) throw new Error("docker-registry did not start");
    await Bun.sleep(50);
  }
  return { port, stop: async () => { child.kill(); await child.exited; } };
}

export function makeLayout(layout: string, megabytes: number): void {
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
  const put = (mediaType: string, bytes: Uint8Array): object => {
    const hex = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(layout, "blobs/sha256", hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const files = walk(sourceFolder);
  const diffIds: string[] = [];
  const layers = Array.from({ length: layerCount }, (_, index) => {
    const archive = tar([...pick(files, (megabytes << 20) / layerCount, `layer${index}`)]);
    diffIds.push(`sha256:${createHash("sha256").update(archive).digest("hex")}`);
    return put("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(archive));
  });
  const config = put("application/vnd.oci.image.config.v1+json", Buffer.from(JSON.stringify({
    architecture: process.arch === "arm64" ? "arm64" : "amd64", os: "linux", config: { Cmd: ["true"] }, rootfs: { type: "layers", diff_ids: diffIds },
  })));
  const manifest = put("application/vnd.oci.image.manifest.v1+json", Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config, layers })));
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations: { "org.opencontainers.image.ref.name": "bench" } }] }));
}

/** Files of one layer, at least `bytes` of them; when the machine has no more, the layer is smaller. */
function* pick(files: Iterator<string>, bytes: number, folder: string): Generator<TarEntry> {
  let total = 0;
  for (let count = 0; total < bytes; count++) {
    const next = files.next();
    if (next.done === true) throw new Error(`${sourceFolder} has too few files for the image`);
    const content = readFileSync(next.value);
    total += content.length;
    const directory = `${folder}/${Math.floor(count / 200)}`;
    if (count % 200 === 0) yield { name: `${directory}/` };
    yield { name: `${directory}/file${count}`, content, mode: 0o755 };
  }
}

function* walk(folder: string): Generator<string> {
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    const info = lstatSync(path);
    if (info.isDirectory()) yield* walk(path);
    else if (info.isFile() && info.size > 0 && info.size <= maxFileBytes) yield path;
  }
}
