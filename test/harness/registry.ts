/**
 * A registry in this process that speaks the distribution specification: pull with ranges, chunked and monolithic push, mounts,
 * tags, catalog; plain or TLS; anonymous, basic or bearer auth. Faults can be put in front of it. Loopback only.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { digestOf, type Blob as ImageBlob, type BuiltImage } from "./image.ts";

export interface RegistryOptions {
  readonly tls?: boolean;
  readonly auth?: { readonly kind: "basic" | "bearer"; readonly username: string; readonly password: string };
  /** Called before each request is answered; a Response replaces the answer. */
  readonly fault?: (request: RegistryRequest) => Response | undefined | Promise<Response | undefined>;
}
export interface RegistryRequest { readonly method: string; readonly path: string; readonly headers: Headers; readonly count: number }

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Folder with `ca.crt`, for `--cert-dir`; empty without TLS. */
  readonly certDir: string;
  /** `METHOD /path` of every request, in order. */
  readonly log: readonly string[];
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** `repository:tag` and `repository@digest`. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  /** Puts an image there without a push; returns the manifest's digest. */
  put(repository: string, tag: string, image: BuiltImage): string;
  /** Any manifest, for indexes and broken ones. */
  putManifest(repository: string, reference: string, mediaType: string, bytes: Uint8Array): string;
  putBlob(bytes: Uint8Array): string;
}
export interface StoredManifest { readonly mediaType: string; readonly bytes: Uint8Array; readonly digest: string }

interface State {
  readonly blobs: Map<string, Uint8Array>; readonly manifests: Map<string, StoredManifest>; readonly uploads: Map<string, Uint8Array[]>;
  readonly tokens: Set<string>; readonly log: string[]; readonly options: RegistryOptions; base: string;
}

/** Starts on a free port. Dispose it: `await using registry = await startRegistry()`. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const state: State = { blobs: new Map(), manifests: new Map(), uploads: new Map(), tokens: new Set(), log: [], options, base: "" };
  const certDir = options.tls === true ? makeCertificates() : "";
  const tls = certDir === "" ? {} : { tls: { cert: readFileSync(join(certDir, "server.crt.pem")), key: readFileSync(join(certDir, "server.key.pem")) } };
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, ...tls, maxRequestBodySize: 1024 ** 3, fetch: async (request) => await answer(request, state) });
  const host = `127.0.0.1:${server.port}`;
  state.base = `${options.tls === true ? "https" : "http"}://${host}`;
  const putManifest = (repository: string, reference: string, mediaType: string, bytes: Uint8Array): string => storeManifest(state, repository, reference, mediaType, bytes);
  const putBlob = (bytes: Uint8Array): string => { const digest = digestOf(bytes); state.blobs.set(digest, bytes); return digest; };
  return {
    host, certDir, log: state.log, blobs: state.blobs, manifests: state.manifests, putManifest, putBlob,
    put(repository, tag, image) {
      for (const blob of [image.config, ...image.layers] satisfies ImageBlob[]) putBlob(blob.bytes);
      return putManifest(repository, tag, image.manifest.mediaType, image.manifest.bytes);
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      if (certDir !== "") rmSync(certDir, { recursive: true, force: true });
    },
  };
}

async function answer(request: Request, state: State): Promise<Response> {
  const url = new URL(request.url);
  state.log.push(`${request.method} ${url.pathname}`);
  const count = state.log.filter((line) => line === `${request.method} ${url.pathname}`).length;
  const fault = await state.options.fault?.({ method: request.method, path: url.pathname, headers: request.headers, count });
  if (fault !== undefined) return fault;
  if (url.pathname === "/token") return giveToken(request, state);
  const denied = checkAuth(request, state);
  if (denied !== undefined) return denied;
  return await route(request, url, state) ?? error(404, "NAME_UNKNOWN", url.pathname);
}

async function route(request: Request, url: URL, state: State): Promise<Response | undefined> {
  const path = url.pathname;
  if (path === "/v2/" || path === "/v2") return json({});
  if (path === "/v2/_catalog") return json({ repositories: [...new Set([...state.manifests.keys()].map((key) => key.replace(/[:@].*$/, "")))].sort() });
  const tags = /^\/v2\/(.+)\/tags\/list$/.exec(path);
  if (tags?.[1] !== undefined) return listTags(tags[1], url, state);
  const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(path);
  if (manifest?.[1] !== undefined && manifest[2] !== undefined) return await handleManifest(request, manifest[1], manifest[2], state);
  const upload = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(path);
  if (upload?.[1] !== undefined) return await handleUpload(request, upload[1], upload[2] ?? "", url, state);
  const blob = /^\/v2\/.+\/blobs\/([^/]+)$/.exec(path);
  return blob?.[1] === undefined ? undefined : serveBlob(request, blob[1], state);
}

function listTags(repository: string, url: URL, state: State): Response {
  const all = [...state.manifests.keys()].filter((key) => key.startsWith(`${repository}:`)).map((key) => key.slice(repository.length + 1)).sort();
  if (all.length === 0) return error(404, "NAME_UNKNOWN", repository);
  const after = all.filter((tag) => tag > (url.searchParams.get("last") ?? ""));
  const limit = Number(url.searchParams.get("n") ?? after.length);
  const page = after.slice(0, limit);
  const link = page.length < after.length ? { link: `</v2/${repository}/tags/list?last=${page.at(-1)}&n=${limit}>; rel="next"` } : {};
  return json({ name: repository, tags: page }, 200, link);
}

async function handleManifest(request: Request, repository: string, reference: string, state: State): Promise<Response> {
  const key = reference.includes(":") ? `${repository}@${reference}` : `${repository}:${reference}`;
  if (request.method === "PUT") {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const digest = storeManifest(state, repository, reference, request.headers.get("content-type") ?? "", bytes);
    return new Response(null, { status: 201, headers: { location: `/v2/${repository}/manifests/${digest}`, "docker-content-digest": digest } });
  }
  const found = state.manifests.get(key);
  if (found === undefined) return error(404, "MANIFEST_UNKNOWN", reference);
  if (request.method === "DELETE") { state.manifests.delete(key); return new Response(null, { status: 202 }); }
  const headers = { "content-type": found.mediaType, "docker-content-digest": found.digest, "content-length": String(found.bytes.length) };
  return new Response(request.method === "HEAD" ? null : new Uint8Array(found.bytes), { headers });
}

function storeManifest(state: State, repository: string, reference: string, mediaType: string, bytes: Uint8Array): string {
  const stored = { mediaType, bytes, digest: digestOf(bytes) };
  state.manifests.set(`${repository}@${stored.digest}`, stored);
  if (!reference.includes(":")) state.manifests.set(`${repository}:${reference}`, stored);
  return stored.digest;
}

function serveBlob(request: Request, digest: string, state: State): Response {
  const bytes = state.blobs.get(digest);
  if (bytes === undefined) return error(404, "BLOB_UNKNOWN", digest);
  const start = /^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1];
  const part = start === undefined ? bytes : bytes.subarray(Number(start));
  const headers = {
    "content-type": "application/octet-stream", "docker-content-digest": digest, "content-length": String(part.length), "accept-ranges": "bytes",
    ...(start === undefined ? {} : { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
  };
  return new Response(request.method === "HEAD" ? null : new Uint8Array(part), { status: start === undefined ? 200 : 206, headers });
}

async function handleUpload(request: Request, repository: string, id: string, url: URL, state: State): Promise<Response> {
  if (request.method === "POST") return await beginUpload(request, repository, url, state);
  const chunks = state.uploads.get(id);
  if (chunks === undefined) return error(404, "BLOB_UPLOAD_UNKNOWN", id);
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > 0) chunks.push(body);
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const headers = { location: `/v2/${repository}/blobs/uploads/${id}`, range: `0-${Math.max(0, size - 1)}`, "docker-upload-uuid": id };
  if (request.method === "PATCH") return new Response(null, { status: 202, headers });
  if (request.method === "GET") return new Response(null, { status: 204, headers });
  state.uploads.delete(id);
  if (request.method === "DELETE") return new Response(null, { status: 204 });
  return finishUpload(Buffer.concat(chunks), repository, url.searchParams.get("digest") ?? "", state);
}

async function beginUpload(request: Request, repository: string, url: URL, state: State): Promise<Response> {
  const mounted = url.searchParams.get("mount");
  if (mounted !== null && state.blobs.has(mounted)) return created(repository, mounted);
  const digest = url.searchParams.get("digest");
  if (digest !== null) return finishUpload(Buffer.from(await request.arrayBuffer()), repository, digest, state);
  const id = randomBytes(8).toString("hex");
  state.uploads.set(id, []);
  return new Response(null, { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/${id}`, range: "0-0", "docker-upload-uuid": id } });
}

function finishUpload(bytes: Uint8Array, repository: string, digest: string, state: State): Response {
  if (digestOf(bytes) !== digest) return error(400, "DIGEST_INVALID", digest);
  state.blobs.set(digest, bytes);
  return created(repository, digest);
}

function created(repository: string, digest: string): Response {
  return new Response(null, { status: 201, headers: { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest } });
}

function checkAuth(request: Request, state: State): Response | undefined {
  const auth = state.options.auth;
  if (auth === undefined) return undefined;
  const given = request.headers.get("authorization") ?? "";
  if (auth.kind === "basic" ? isBasic(given, auth) : state.tokens.has(given.replace(/^Bearer /, ""))) return undefined;
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(new URL(request.url).pathname)?.[1];
  const scope = repository === undefined ? "" : `,scope="repository:${repository}:${request.method === "GET" || request.method === "HEAD" ? "pull" : "pull,push"}"`;
  const challenge = auth.kind === "basic" ? 'Basic realm="test"' : `Bearer realm="${state.base}/token",service="test"${scope}`;
  return error(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": challenge });
}

function giveToken(request: Request, state: State): Response {
  const auth = state.options.auth;
  if (auth === undefined || !isBasic(request.headers.get("authorization") ?? "", auth)) return error(401, "UNAUTHORIZED", "wrong credentials");
  const token = randomBytes(16).toString("hex");
  state.tokens.add(token);
  return json({ token, access_token: token, expires_in: 300 });
}

function isBasic(header: string, auth: { readonly username: string; readonly password: string }): boolean {
  return header === `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
}

function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(value, { status, headers: { "docker-distribution-api-version": "registry/2.0", ...headers } });
}

function error(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  return json({ errors: [{ code, message: code.toLowerCase().replaceAll("_", " "), detail }] }, status, headers);
}

/** A CA of its own and a certificate for 127.0.0.1 and localhost. */
function makeCertificates(): string {
  const dir = mkdtempSync("/tmp/ptest-registry-");
  const openssl = (...args: string[]): void => {
    const result = Bun.spawnSync(["openssl", ...args], { cwd: dir, stdout: "ignore", stderr: "pipe" });
    if (result.exitCode !== 0) throw new Error(`openssl ${args[0]}: ${result.stderr.toString()}`);
  };
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test ca", "-keyout", "ca.key.pem", "-out", "ca.crt", "-addext", "basicConstraints=critical,CA:TRUE");
  openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key.pem", "-out", "server.csr.pem");
  const extensions = join(dir, "server.ext");
  writeFileSync(extensions, "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  openssl("x509", "-req", "-in", "server.csr.pem", "-CA", "ca.crt", "-CAkey", "ca.key.pem", "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", "server.crt.pem");
  return dir;
}
