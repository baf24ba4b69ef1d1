import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../base/errors.ts";
import { createApiServer, type ApiServer } from "../api/server.ts";
import type { Engine } from "../contract/index.ts";
import { createRemoteEngine } from "./remote.ts";

const folder = mkdtempSync(join(tmpdir(), "remote-"));
const socketPath = join(folder, "api.sock");
const calls: unknown[] = [];
let server: ApiServer;

const engine = {
  container: {
    rename: async (input: { ref: string; name: string }) => {
      calls.push(input);
      if (input.name === "taken") throw new EngineError("conflict", "that name is in use", { reason: "name-in-use", hint: "choose another" });
    },
  },
  system: { version: async () => ({ APIVersion: "1.2.3", Version: "1.2.3", GoVersion: "", GitCommit: "", BuiltTime: "", Built: 0, OsArch: "linux/amd64", Os: "linux" }) },
} as unknown as Engine;

beforeAll(async () => {
  server = createApiServer(engine);
  await new Promise<void>((resolve) => { server.http.listen(socketPath, resolve); });
});
afterAll(() => {
  server.http.close();
  rmSync(folder, { recursive: true });
});

test("a value comes back through the socket", async () => {
  expect((await createRemoteEngine(`unix://${socketPath}`).system.version({})).Version).toBe("1.2.3");
});

test("path and query fields arrive as the operation's input", async () => {
  await createRemoteEngine(`unix://${socketPath}`).container.rename({ ref: "a b/ü", name: "new" });
  expect(calls.at(-1)).toEqual({ ref: "a b/ü", name: "new" });
});

test("an error keeps code, reason and hint", async () => {
  const failure: unknown = await createRemoteEngine(`unix://${socketPath}`).container.rename({ ref: "a", name: "taken" }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "conflict", reason: "name-in-use", hint: "choose another", message: "that name is in use" });
});

test("an absent service is one clear error", async () => {
  const failure: unknown = await createRemoteEngine(`unix://${folder}/none.sock`).system.version({}).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "unavailable" });
});

test("ping answers with the negotiation headers", async () => {
  const response = await fetch("http://d/_ping", { unix: socketPath });
  expect([await response.text(), response.headers.get("api-version")]).toEqual(["OK", "1.44"]);
});
