import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import { createApiServer, type ApiServer } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "api-"));
const unix = join(folder, "api.sock");
let server: ApiServer;
let aborted = Promise.withResolvers<void>();
const ended = Promise.withResolvers<number>();

async function* lines(count: number): AsyncGenerator<object> {
  for (let number = 0; number < count; number++) yield { stream: `line ${number}\n` };
  throw new EngineError("data-loss", "it broke", { reason: "digest-mismatch" });
}
async function* silent(signal: AbortSignal): AsyncGenerator<object> {
  await new Promise<void>((resolve) => { signal.addEventListener("abort", () => { resolve(); }, { once: true }); });
  aborted.resolve();
  yield* [];
}

const engine = {
  container: {
    exists: async () => undefined, create: async () => ({ Id: "abc", Warnings: [] }), start: async () => { throw new EngineError("not-modified", "it runs"); },
    inspect: async () => ({ Id: "abc", State: { Status: "running" } }), wait: async () => ended.promise,
    list: async (input: unknown) => { throw new EngineError("invalid-argument", JSON.stringify(input)); },
    attach: async () => { throw new EngineError("not-found", "no such container", { reason: "no-such-container" }); },
  },
  image: { pull: ({ ref }: { ref: string }) => lines(ref === "late" ? 2 : 0) },
  system: { events: (_input: object, { signal }: { signal: AbortSignal }) => silent(signal) },
} as unknown as Engine;

beforeAll(async () => {
  server = createApiServer(engine);
  await new Promise<void>((resolve) => { server.http.listen(unix, resolve); });
});
afterAll(() => {
  server.http.closeAllConnections();
  server.http.close();
  rmSync(folder, { recursive: true });
});

const ask = async (method: string, path: string, body?: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`http://d${path}`, { unix, method, ...(body !== undefined && { body }) });
  return { status: response.status, text: await response.text() };
};
const message = (text: string): unknown => (JSON.parse(text) as { readonly message: unknown }).message;

test.each([
  ["GET", "/nothing/here"], ["GET", "/v9.99/nothing"], ["POST", "/libpod/nothing"], ["GET", "/%zz"], ["PATCH", "/containers/json"],
])("%s %s is not there, said in JSON", async (method, path) => {
  const { status, text } = await ask(method, path);
  expect(status).toBe(404);
  expect(message(text)).toBe("Not Found");
});

test.each([
  ["not JSON", "{"], ["no object", "[1]"], ["text", '"x"'], ["of other types", '{"Image":"a","HostConfig":{"Binds":5},"mounts":5}'], ["of other types inside", '{"Image":"a","HostConfig":{"Mounts":[null]},"mounts":[null]}'],
])("a body that is %s is the client's mistake", async (_what, body) => {
  for (const path of ["/containers/create", "/libpod/containers/create"]) expect((await ask("POST", path, body)).status).toBe(400);
});

test("a body without end is refused", async () => {
  const { status, text } = await ask("POST", "/libpod/containers/create", " ".repeat(17 * 1024 * 1024));
  expect(status).toBe(400);
  expect(message(text)).toContain("larger than");
});

test("filters that are none are the client's mistake", async () => {
  for (const filters of ["{", "[]", '{"a":1}', "null"]) expect((await ask("GET", `/containers/json?filters=${encodeURIComponent(filters)}`)).status).toBe(400);
});

test("nothing to do is 304 without a body", async () => {
  expect(await ask("POST", "/containers/x/start")).toEqual({ status: 304, text: "" });
});

test("a stream that fails at once is an error answer; later the last line says so", async () => {
  expect((await ask("POST", "/libpod/images/pull?reference=now")).status).toBe(500);
  const late = await ask("POST", "/libpod/images/pull?reference=late");
  expect(late.status).toBe(200);
  const parsed = late.text.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.slice(0, 2)).toEqual([{ stream: "line 0\n" }, { stream: "line 1\n" }]);
  expect(parsed[2]).toMatchObject({ error: "it broke", streamError: { code: "data-loss", reason: "digest-mismatch" } });
});

test("a silent stream has its headers at once, and ends with its client", async () => {
  aborted = Promise.withResolvers<void>();
  for (const path of ["/events", "/libpod/events"]) {
    const stop = new AbortController();
    const response = await fetch(`http://d${path}`, { unix, signal: stop.signal });
    expect(response.status).toBe(200);
    stop.abort();
    await aborted.promise;
    aborted = Promise.withResolvers<void>();
  }
});

test("docker's wait answers with headers before the end is there", async () => {
  const response = await fetch("http://d/containers/x/wait", { unix, method: "POST" });
  expect(response.status).toBe(200);
  ended.resolve(7);
  expect(await response.json()).toEqual({ StatusCode: 7, Error: null });
  expect((await ask("POST", "/containers/x/wait?condition=never")).status).toBe(400);
});

test("an upgrade that cannot be is an ordinary error answer", async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(unix);
    let text = "";
    socket.on("data", (chunk) => { text += chunk.toString(); });
    socket.on("close", () => { resolve(text); });
    socket.write("POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  });
  expect(answer).toStartWith("HTTP/1.1 404");
  expect(message(answer.split("\r\n\r\n")[1] ?? "")).toBe("no such container");
});

test("what is not built yet says so", async () => {
  expect((await ask("POST", "/build")).status).toBe(501);
  expect(await ask("GET", "/swarm")).toMatchObject({ status: 503, text: expect.stringContaining("swarm") });
});
