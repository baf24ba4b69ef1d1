/** Images made on the spot of the machine's static busybox: no network, a few milliseconds. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { findProgram } from "./needs.ts";
import { tar, type TarEntry } from "./tar.ts";

export interface ImageRecipe {
  /** Entry names are relative to the root. `base`: layers to put below. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly architecture?: string;
}

export interface Blob { readonly mediaType: string; readonly digest: string; readonly size: number; readonly bytes: Uint8Array }
export interface BuiltImage { readonly manifest: Blob; readonly config: Blob; readonly layers: readonly Blob[] }

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const applets = [
  "sh", "ls", "cat", "echo", "true", "false", "sleep", "id", "ps", "env", "mkdir", "rm", "touch", "ln", "mv", "cp", "chmod", "chown", "stat", "test", "printf",
  "head", "tail", "wc", "grep", "sed", "awk", "cut", "sort", "tr", "seq", "date", "hostname", "mount", "umount", "df", "du", "find", "kill", "stty", "nc",
  "wget", "httpd", "ip", "ping", "nslookup", "top", "dd", "tar", "gzip", "md5sum", "sha256sum", "readlink", "realpath", "pwd", "uname", "whoami", "tty", "yes",
  "trap", "ulimit", "xargs", "basename", "dirname", "tee", "timeout", "vi", "cmp", "diff", "od", "hexdump", "mkfifo", "mknod", "nproc", "free",
];

/** A root file system of busybox: `/bin` with its usual applets, users root and nobody, a few folders. */
export function busyboxLayer(): TarEntry[] {
  const program = findProgram("busybox");
  if (program === undefined) throw new Error("no busybox on this machine: install busybox-static");
  const folders = ["bin", "etc", "tmp", "root", "home", "var", "var/www", "usr", "dev", "proc", "sys", "run"];
  return [
    ...folders.map((name): TarEntry => ({ name: `${name}/`, mode: name === "tmp" ? 0o1777 : name === "root" ? 0o700 : 0o755 })),
    { name: "bin/busybox", mode: 0o755, content: readFileSync(program) },
    ...applets.map((name): TarEntry => ({ name: `bin/${name}`, link: "busybox" })),
    { name: "etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\nuser:x:1000:1000:user:/home:/bin/sh\n" },
    { name: "etc/group", content: "root:x:0:\nnogroup:x:65534:\nuser:x:1000:\n" },
    { name: "var/www/index.html", content: "hello from busybox\n" },
  ];
}

/** The image most tests use. */
export function busyboxImage(config: Readonly<Record<string, unknown>> = {}): BuiltImage {
  return buildImage({ layers: [busyboxLayer()], config: { Cmd: ["sh"], ...config } });
}

/** An OCI image: gzip layers, config, manifest. The same recipe gives the same digests. */
export function buildImage(recipe: ImageRecipe): BuiltImage {
  const archives = recipe.layers.map((entries) => tar(entries));
  const layers = archives.map((archive) => blob("application/vnd.oci.image.layer.v1.tar+gzip", gzipSync(archive)));
  const config = json("application/vnd.oci.image.config.v1+json", {
    created: "2024-01-01T00:00:00Z", architecture: recipe.architecture ?? (process.arch === "arm64" ? "arm64" : "amd64"), os: "linux",
    config: { Env: [path], ...recipe.config },
    rootfs: { type: "layers", diff_ids: archives.map(digestOf) },
    history: archives.map((_archive, index) => ({ created: "2024-01-01T00:00:00Z", created_by: `layer ${index}` })),
  });
  const manifest = json("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: descriptor(config), layers: layers.map(descriptor),
  });
  return { manifest, config, layers };
}

/** Writes an `oci-archive` that `load` understands; `name` becomes its tag. */
export function writeOciArchive(image: BuiltImage, file: string, name: string): void {
  const blobs = [image.manifest, image.config, ...image.layers];
  const index = { schemaVersion: 2, manifests: [{ ...descriptor(image.manifest), annotations: { "org.opencontainers.image.ref.name": name } }] };
  const entries: TarEntry[] = [
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' }, { name: "index.json", content: JSON.stringify(index) },
    { name: "blobs/" }, { name: "blobs/sha256/" },
    ...blobs.filter((item, at) => blobs.findIndex((other) => other.digest === item.digest) === at).map((item): TarEntry => ({ name: `blobs/sha256/${item.digest.slice(7)}`, content: item.bytes })),
  ];
  writeFileSync(file, tar(entries));
}

export function descriptor({ mediaType, digest, size }: Blob): { readonly mediaType: string; readonly digest: string; readonly size: number } { return { mediaType, digest, size }; }
export function digestOf(bytes: Uint8Array): string { return `sha256:${createHash("sha256").update(bytes).digest("hex")}`; }
function blob(mediaType: string, bytes: Uint8Array): Blob { return { mediaType, bytes, digest: digestOf(bytes), size: bytes.length }; }
function json(mediaType: string, value: unknown): Blob { return blob(mediaType, Buffer.from(JSON.stringify(value))); }
