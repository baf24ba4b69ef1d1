/** Registries that break, lie or are after our credentials. */
import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEngineError, messageOf } from "../../base/errors.ts";
import { mediaTypes } from "../../contract/types/oci.ts";
import { digestOf } from "../../formats/digest.ts";
import { copyImage } from "../copy.ts";
import { openDirectoryDestination } from "../directory.ts";
import { fakeImage, fakeRegistry, serveImage, testAccess, type Answer, type FakeRegistry } from "../testing/fake-registry.ts";
import type { RegistryAccess } from "../types.ts";
import { isSameSite } from "./auth.ts";
import { parseChallenges } from "./challenge.ts";
import { RegistryClient } from "./client.ts";
import { openDockerSource } from "./source.ts";

/** Copies `host/app:1` into a folder; gives the folder's files, or throws. */
async function fetchImage(registry: FakeRegistry, access: RegistryAccess = testAccess()): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  try {
    const reference = `${registry.host}/app:1`;
    await using source = await openDockerSource({ location: { transport: "docker", display: reference, reference }, reference, access, env: {} });
    await using destination = await openDirectoryDestination({ transport: "dir", display: folder }, join(folder, "out"));
    await copyImage(source, destination);
    return readdirSync(join(folder, "out"));
  } finally { rmSync(folder, { recursive: true }); }
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try { await promise; } catch (error) { return error; }
  throw new Error("it did not fail");
}

const layer = new Uint8Array(300_000).map((_byte, index) => index % 251);
const image = fakeImage(layer);
const isLayer = (url: URL): boolean => url.pathname.endsWith(image.layer.digest);

test("a broken download goes on where it broke, with a range", async () => {
  await using registry = fakeRegistry((request, url) => {
    if (!isLayer(url)) return serveImage(image, url);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    const part = layer.subarray(start, start + 100_000);
    const headers = { "content-range": `bytes ${start}-${layer.length - 1}/${layer.length}` };
    return new Response(part, { status: start === 0 ? 200 : 206, headers });
  });
  expect(await fetchImage(registry)).toContain(image.layer.digest.slice(7));
  expect(registry.seen.filter(({ request }) => request.endsWith(image.layer.digest)).map(({ range }) => range)).toEqual([null, "bytes=100000-", "bytes=200000-"]);
});

test("a server that ignores ranges is read again, and the known part skipped", async () => {
  let tries = 0;
  await using registry = fakeRegistry((_request, url) => {
    if (!isLayer(url)) return serveImage(image, url);
    return new Response(++tries === 1 ? layer.subarray(0, 1000) : layer);
  });
  expect(await fetchImage(registry)).toContain(image.layer.digest.slice(7));
});

test.each<[string, (url: URL) => Response | undefined, string]>([
  ["wrong content", () => new Response(layer.map((byte) => byte ^ 1)), `Digest did not match, expected ${image.layer.digest}`],
  ["longer than said", () => new Response(new Uint8Array(layer.length + 1)), `is longer than its ${layer.length} bytes`],
  ["endless", () => new Response(new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(65_536)); } })), "is longer than its"],
])("a layer that is %s is refused and nothing is written", async (_name, answer, message) => {
  await using registry = fakeRegistry((_request, url) => (isLayer(url) ? answer(url) : serveImage(image, url)));
  const error = await failure(fetchImage(registry));
  expect(messageOf(error)).toContain(message);
  expect(isEngineError(error, "digest-mismatch")).toBe(true);
});

test.each<[string, Answer, string]>([
  ["a manifest of other content than its digest", (_request, url) => (url.pathname.includes("/manifests/") ? new Response(`${new TextDecoder().decode(image.manifest)} `, { headers: { "content-type": mediaTypes.ociManifest } }) : serveImage(image, url)), "digest did not match"],
  ["an endless manifest", (_request, url) => (url.pathname.includes("/manifests/") ? new Response(new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(1 << 20)); } })) : serveImage(image, url)), "is larger than 4194304 bytes"],
  ["a huge error text", (_request, url) => (url.pathname === "/v2/" ? new Response("{}") : new Response(new Uint8Array(3 << 20), { status: 500 })), "StatusCode: 500"],
])("%s is refused", async (_name, answer, message) => {
  await using registry = fakeRegistry(answer);
  const client = new RegistryClient({ registry: registry.host, path: "app", access: testAccess(), actions: "pull", env: {} });
  expect(messageOf(await failure(client.manifest(digestOf(image.manifest))))).toContain(message);
});

test("terminal control characters of a registry do not reach the terminal", async () => {
  await using registry = fakeRegistry((_request, url) => (url.pathname === "/v2/" ? new Response("{}") : new Response('{"errors":[{"code":"DENIED","message":"no\\u001b]0;owned\\u0007"}]}', { status: 403 })));
  const client = new RegistryClient({ registry: registry.host, path: "app", access: testAccess(), actions: "pull", env: {} });
  expect(messageOf(await failure(client.manifest("1")))).not.toMatch(/[\u0000-\u001f]/);
});

test("a redirect to another host carries no credentials; to the same host it does", async () => {
  await using storage = fakeRegistry((_request, url) => (url.pathname === "/blob" ? new Response(layer) : undefined));
  await using registry = fakeRegistry((request, url) => {
    if (url.pathname === "/v2/" && request.headers.get("authorization") === null) return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } });
    if (isLayer(url)) return new Response("", { status: 307, headers: { location: `http://${storage.host}/blob` } });
    if (url.pathname === "/v2/app/manifests/1") return new Response("", { status: 307, headers: { location: "/v2/app/manifests/2" } });
    return serveImage(image, url);
  });
  await fetchImage(registry, testAccess({ [registry.host]: { username: "me", password: "secret" } }));
  expect(storage.seen).toEqual([{ request: "GET /blob", authorization: null, range: null }]);
  const afterPing = registry.seen.slice(1);
  expect(afterPing.map(({ request }) => request)).toContain("GET /v2/app/manifests/2");
  expect(new Set(afterPing.map(({ authorization }) => authorization))).toEqual(new Set([`Basic ${btoa("me:secret")}`]));
});

test("endless redirects end", async () => {
  await using registry = fakeRegistry((_request, url) => (url.pathname === "/v2/" ? new Response("{}") : new Response("", { status: 302, headers: { location: `${url.pathname}x` } })));
  const client = new RegistryClient({ registry: registry.host, path: "app", access: testAccess(), actions: "pull", env: {} });
  expect(messageOf(await failure(client.manifest("1")))).toContain("stopped after 10 redirects");
  expect(registry.seen).toHaveLength(12);
});

function bearer(realm: () => string): Answer {
  return (request, url) => {
    if (url.pathname === "/token") return Response.json({ token: `for ${url.searchParams.get("scope")}`, expires_in: 300 });
    if (request.headers.get("authorization") === null) return new Response("", { status: 401, headers: { "www-authenticate": `Bearer realm="${realm()}",service="registry.test",scope="x"` } });
    return serveImage(image, url);
  };
}

test("bearer tokens are asked for once, by basic authentication, and sent to the registry", async () => {
  await using registry: FakeRegistry = fakeRegistry(bearer(() => `http://${registry.host}/token`));
  await fetchImage(registry, testAccess({ [registry.host]: { username: "me", password: "secret" } }));
  const tokens = registry.seen.filter(({ request }) => request.includes("/token"));
  expect(tokens).toEqual([{ request: "GET /token?account=me&service=registry.test&scope=repository%3Aapp%3Apull", authorization: `Basic ${btoa("me:secret")}`, range: null }]);
  expect(registry.seen.at(-1)?.authorization).toBe("Bearer for repository:app:pull");
});

test("a token server of another site gets no credentials", async () => {
  await using thief = fakeRegistry(() => Response.json({ token: "x" }));
  // The same port on another name of this machine: another host for our purposes.
  const realm = `http://localhost:${thief.host.split(":")[1]}/token`;
  await using registry = fakeRegistry(bearer(() => realm));
  const error = await failure(fetchImage(registry, testAccess({ [registry.host]: { username: "me", password: "secret" } })));
  expect(messageOf(error)).toContain("asks to send its credentials to another site");
  expect(thief.seen).toHaveLength(0);
  // Without credentials there is nothing to steal, and a user may store some for the token server itself.
  await fetchImage(registry);
  expect(thief.seen.at(-1)?.authorization).toBeNull();
  await fetchImage(registry, testAccess({ [registry.host]: { username: "me", password: "secret" }, [new URL(realm).host]: { username: "other", password: "known" } }));
  expect(thief.seen.at(-1)?.authorization).toBe(`Basic ${btoa("other:known")}`);
});

test("same site", () => {
  for (const [a, b] of [["registry-1.docker.io", "auth.docker.io"], ["ghcr.io", "ghcr.io"], ["registry.a.co.uk", "auth.a.co.uk"]] as const) expect(isSameSite(a, b)).toBe(true);
  for (const [a, b] of [["quay.io", "evil.io"], ["a.co.uk", "b.co.uk"], ["10.0.0.1", "20.0.0.1"], ["localhost", "example.com"], ["docker.io.evil.com", "docker.io"]] as const) expect(isSameSite(a, b)).toBe(false);
});

test("busy registries are asked again after the time they name", async () => {
  let tries = 0;
  await using registry = fakeRegistry((_request, url) => (url.pathname.includes("/manifests/") && ++tries === 1 ? new Response("", { status: 429, headers: { "retry-after": "0" } }) : serveImage(image, url)));
  expect(await fetchImage(registry)).toContain("manifest.json");
  expect(tries).toBe(2);
});

test("challenges of every shape", () => {
  expect(parseChallenges('Bearer realm="https://a/b?c=d, e",service=x, Basic realm="q\\"uote"')).toEqual([
    { scheme: "bearer", parameters: { realm: "https://a/b?c=d, e", service: "x" } }, { scheme: "basic", parameters: { realm: 'q"uote' } },
  ]);
  expect(parseChallenges('Bearer realm="unterminated')).toEqual([{ scheme: "bearer", parameters: { realm: "unterminated" } }]);
  expect(parseChallenges(null)).toEqual([]);
  expect(parseChallenges("=,=,;;;")).toEqual([]);
});
