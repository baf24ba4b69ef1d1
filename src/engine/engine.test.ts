/** The engine suite on both engines: this process's, and the same one behind a socket. Real crun and conmon, as root. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "bun:test";
import { createApiServer } from "../api/server.ts";
import { image, makeWorld } from "../container/testing/world.ts";
import { createRemoteEngine } from "./remote.ts";
import { engineSuite, type EngineUnderTest } from "./testing/engine-suite.ts";

async function local(): Promise<EngineUnderTest> {
  const world = await makeWorld();
  const dir = join(world.dir, "bound");
  mkdirSync(dir);
  return { engine: world.engine, image, dir, [Symbol.asyncDispose]: async () => { await world[Symbol.asyncDispose](); } };
}

async function remote(): Promise<EngineUnderTest> {
  const below = await local();
  const server = createApiServer(below.engine);
  const path = join(below.dir, "../api.sock");
  await new Promise<void>((resolve) => { server.http.listen(path, resolve); });
  return {
    ...below, engine: createRemoteEngine(`unix://${path}`),
    [Symbol.asyncDispose]: async () => {
      server.http.closeAllConnections();
      server.http.close();
      await below[Symbol.asyncDispose]();
    },
  };
}

const missing = process.getuid?.() !== 0 ? "needs root" : ["crun", "conmon"].find((program) => Bun.which(program) === null);
describe.skipIf(missing !== undefined)(missing === undefined ? "engines" : `engines [${missing}]`, () => {
  engineSuite("local engine", local);
  engineSuite("remote engine", remote);
});
