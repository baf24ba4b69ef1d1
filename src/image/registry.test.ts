/** Pull and push against a real registry: TLS with its own CA, passwords, mirrors, short names; skopeo is the referee. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { PullItem } from "../contract/types/image-reports.ts";
import { addImage, type Tree } from "../storage/testing/temporary-store.ts";
import { run, startRegistry, type TestRegistry } from "../transports/testing/registry.ts";
import { inspect } from "./inspect.ts";
import { list } from "./list.ts";
import { pull, pullImages } from "./pull.ts";
import { push } from "./push.ts";
import { remove } from "./remove.ts";
import { imageContext } from "./testing/image-context.ts";

const trees: readonly Tree[] = [{ "bin/true": "x".repeat(5000), "etc/": "" }, { "etc/name": "second" }, { "big": "y".repeat(300_000) }];
const auth = { username: "me", password: "pass:word" };
let plain: TestRegistry;
let secure: TestRegistry;

beforeAll(async () => { [plain, secure] = await Promise.all([startRegistry(), startRegistry({ tls: true, users: { [auth.username]: auth.password } })]); });
afterAll(async () => { await Promise.all([plain[Symbol.asyncDispose](), secure[Symbol.asyncDispose]()]); });

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
/** The message of a rejection. */
async function failure(promise: Promise<unknown>): Promise<string> {
  try { await promise; } catch (error) { return messageOf(error); }
  return "no failure";
}
const lines = (items: readonly PullItem[]): string => items.map(({ stream }) => stream ?? "").join("");

/** A certs.d folder that trusts the registry's CA. */
function certFolder(root: string, registry: TestRegistry): string {
  const folder = join(root, "certs");
  mkdirSync(folder, { recursive: true });
  copyFileSync(registry.ca ?? "", join(folder, "ca.crt"));
  return folder;
}

test("push, remove, pull over TLS with a password: the same digest, ids and layers", async () => {
  await using machine = await imageContext();
  const { context, root, temporary: { store } } = machine;
  const name = `${secure.host}/team/app:v1`;
  const made = await addImage(store, name, trees);
  const access = { certDir: certFolder(root, secure), credentials: auth };
  const pushed = await collect(push(context, { ref: name, ...access }));
  const digest = pushed.at(-1)?.manifestdigest ?? "";
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(pushed.map(({ stream }) => stream ?? "").join("")).toContain("Writing manifest to image destination\n");
  await remove(context, { images: [name] });
  expect(store.images()).toHaveLength(0);

  const pulled = await collect(pull(context, { ref: name, ...access }));
  expect(pulled.at(-1)).toEqual({ images: [made.id], id: made.id });
  const text = lines(pulled);
  expect(text).toStartWith(`Trying to pull ${name}...\nGetting image source signatures\nCopying blob sha256:`);
  expect(text).toEndWith(`Copying config sha256:${made.id}\nWriting manifest to image destination\n`);
  expect((await inspect(context, { ref: name })).Digest).toBe(digest);
  const certs = ["--cert-dir", access.certDir, "--creds", "me:pass:word"];
  expect((await run(["skopeo", "inspect", ...certs, "--format", "{{.Digest}}", `docker://${name}`])).trim()).toBe(digest);

  // Pushed again, nothing is uploaded and the manifest is the very same, although storage keeps layers unpacked.
  const again = await collect(push(context, { ref: name, ...access, quiet: true }));
  expect(again).toEqual([{ manifestdigest: digest }]);
  // A second pull finds all layers.
  expect((await pullImages(context, { ref: `docker://${name}`, ...access })).map(({ id }) => id)).toEqual([made.id]);
  expect(machine.events.map(({ status }) => status)).toEqual(["push", "untag", "remove", "pull", "push", "pull"]);
});

test("what goes wrong is told in Podman's words, and nothing stays", async () => {
  await using machine = await imageContext();
  const { context, root, temporary: { store } } = machine;
  const certDir = certFolder(root, secure);
  const name = `${secure.host}/team/none:1`;
  const pulling = (input: object): Promise<unknown> => pullImages(context, { ref: name, retry: 0, ...input });
  expect(await failure(pulling({}))).toContain(`unable to copy from source docker://${name}: initializing source docker://${name}: pinging container registry ${secure.host}: Get "https://${secure.host}/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`);
  expect(await failure(pulling({ certDir }))).toContain(`reading manifest 1 in ${secure.host}/team/none: authentication required`);
  expect(await failure(pulling({ certDir, credentials: { username: "me", password: "wrong" } }))).toContain("authentication required");
  expect(await failure(pulling({ certDir, credentials: auth }))).toContain(`reading manifest 1 in ${secure.host}/team/none: manifest unknown`);
  expect(await failure(pullImages(context, { ref: `${plain.host}/x`, retry: 0 }))).toContain("http: server gave HTTP response to HTTPS client");
  expect(await failure(pullImages(context, { ref: "no-such-short-name", retry: 0 }))).toContain('short-name "no-such-short-name" did not resolve to an alias and no unqualified-search registries are defined');
  expect(await failure(pullImages(context, { ref: "BAD" }))).toContain('parsing reference "BAD": repository name must be lowercase');
  expect(await failure(pullImages(context, { ref: name, policy: "never" }))).toContain(`${name}: image not known`);
  expect(store.images()).toHaveLength(0);
  expect(store.layers()).toHaveLength(0);
});

test("skopeo's images of every kind are pulled: OCI, Docker, zstd, an index by platform", async () => {
  await using machine = await imageContext(`[[registry]]\nlocation = "${plain.host}"\ninsecure = true\n`);
  const { context, root, temporary: { store, options } } = machine;
  const made = await addImage(store, "localhost/app:1", trees);
  const storage = `containers-storage:[overlay@${options.graphRoot}+${options.runRoot}]localhost/app:1`;
  const copy = (...argv: string[]): Promise<string> => run(["skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", ...argv]);
  await copy("--format", "oci", storage, `docker://${plain.host}/kinds:oci`);
  await copy("--format", "v2s2", storage, `docker://${plain.host}/kinds:docker`);
  await copy("--dest-compress-format", "zstd", "--format", "oci", storage, `docker://${plain.host}/kinds:zstd`);
  await remove(context, { images: ["localhost/app:1"] });
  expect(store.layers()).toHaveLength(0);
  for (const kind of ["oci", "docker", "zstd"]) {
    const [image] = await pullImages(context, { ref: `${plain.host}/kinds:${kind}` });
    if (kind !== "docker") expect(image?.id).toBe(made.id);
    const there = (await run(["skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${plain.host}/kinds:${kind}`])).trim();
    expect((await inspect(context, { ref: image?.id ?? "" })).Digest).toBe(there);
    // What we stored is whole for skopeo too.
    await run(["skopeo", "--insecure-policy", "copy", `containers-storage:[overlay@${options.graphRoot}+${options.runRoot}]${plain.host}/kinds:${kind}`, `dir:${root}/out-${kind}`]);
    await remove(context, { images: [image?.id ?? ""], force: true });
    expect(store.layers()).toHaveLength(0);
  }
  const tags = await pullImages(context, { ref: `${plain.host}/kinds`, allTags: true });
  expect(tags.map(({ name }) => name).toSorted()).toEqual(["docker", "oci", "zstd"].map((tag) => `${plain.host}/kinds:${tag}`));
  expect((await list(context, { filters: { reference: [`${plain.host}/kinds`] } })).flatMap(({ Names }) => Names ?? [])).toHaveLength(3);
});

test("mirrors first, the registry itself last; short names by search list; blocked registries", async () => {
  const conf = `unqualified-search-registries = ["${plain.host}"]
[[registry]]
location = "${plain.host}"
insecure = true
[[registry]]
prefix = "registry.invalid/team"
location = "${plain.host}/mirror"
insecure = true
[[registry.mirror]]
location = "${plain.host}/empty"
insecure = true
[[registry]]
location = "blocked.invalid"
blocked = true
`;
  await using machine = await imageContext(conf);
  const { context, temporary: { store } } = machine;
  const made = await addImage(store, `${plain.host}/mirror/app:1`, trees.slice(0, 1));
  await collect(push(context, { ref: made.id, destination: `${plain.host}/mirror/app:1` }));
  await collect(push(context, { ref: made.id, destination: `${plain.host}/short:latest` }));
  await remove(context, { images: [made.id] });
  const [image] = await pullImages(context, { ref: "registry.invalid/team/app:1" });
  expect(image).toEqual({ id: made.id, name: "registry.invalid/team/app:1" });
  expect((await pullImages(context, { ref: "short" }))[0]?.name).toBe(`${plain.host}/short:latest`);
  expect(await failure(pullImages(context, { ref: "registry.invalid/team/none:1", retry: 0 }))).toMatch(/\(Mirrors also failed: \[.*empty\/none:1: reading manifest 1 .*: manifest unknown\]\): .*mirror\/none:1: reading manifest/);
  expect(await failure(pullImages(context, { ref: "blocked.invalid/x", retry: 0 }))).toContain("registry blocked.invalid is blocked in");
});

test("a second push compresses and uploads nothing, also to another repository", async () => {
  await using machine = await imageContext(`[[registry]]\nlocation = "${plain.host}"\ninsecure = true\n`);
  const { context, temporary: { store } } = machine;
  await addImage(store, "localhost/again:1", trees);
  const manifestOf = async (name: string): Promise<{ layers: { digest: string }[] }> => JSON.parse(await run(["skopeo", "inspect", "--raw", "--tls-verify=false", `docker://${name}`]));
  const pushTo = async (path: string): Promise<string> => {
    await collect(push(context, { ref: "localhost/again:1", destination: `${plain.host}/${path}`, tlsVerify: false }));
    return `${plain.host}/${path}`;
  };
  const first = await manifestOf(await pushTo("again/one:1"));
  // An upload would come back as another digest: this level gives other bytes.
  const other = { ...context, config: { ...context.config, engine: { ...context.config.engine, compressionLevel: 1 } } };
  await collect(push(other, { ref: "localhost/again:1", destination: `${plain.host}/again/one:2`, tlsVerify: false }));
  await collect(push(other, { ref: "localhost/again:1", destination: `${plain.host}/again/two:1`, tlsVerify: false }));
  for (const name of ["again/one:2", "again/two:1"]) expect((await manifestOf(`${plain.host}/${name}`)).layers).toEqual(first.layers);
});
