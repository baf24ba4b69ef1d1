import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isEngineError, messageOf } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import { image, makeWorld, type World } from "../container/testing/world.ts";

let world: World;
beforeAll(async () => { world = await makeWorld(); });
afterAll(async () => { await world[Symbol.asyncDispose](); });

async function* bytes(text: string | Uint8Array): ByteStream { yield typeof text === "string" ? Buffer.from(text) : text; }
const keep = async (name: string, text: string | Uint8Array, more: { readonly replace?: boolean; readonly ignore?: boolean; readonly labels?: Readonly<Record<string, string>> } = {}): Promise<string> =>
  (await world.engine.secret.create({ name, ...more }, { body: bytes(text) })).ID;
const failure = async (work: Promise<unknown>): Promise<string> => work.then(() => "", (error: unknown) => messageOf(error));

async function output(spec: Partial<ContainerCreate>): Promise<{ readonly id: string; readonly text: string }> {
  const { Id: id } = await world.engine.container.create({ spec: { image, network: { mode: { mode: "none" } }, ...spec } });
  await world.engine.container.start({ ref: id });
  await world.engine.container.wait({ ref: id });
  return { id, text: readFileSync(world.context.containers().resolve(id).config.logPath, "utf8").split("\n").map((line) => line.split(" ").slice(3).join(" ")).join("\n") };
}

test("kept in Podman's files, found by name, id and prefix, removed without a trace", async () => {
  const id = await keep("first", "top secret", { labels: { a: "b" } });
  expect(id).toHaveLength(25);
  const directory = join(world.dir, "root/secrets");
  const table = JSON.parse(readFileSync(join(directory, "secrets.json"), "utf8")) as Record<string, Record<string, unknown>>;
  expect(table).toMatchObject({ secrets: { [id]: { name: "first", id, driver: "file", labels: { a: "b" } } }, nameToID: { first: id }, idToName: { [id]: "first" } });
  expect(JSON.parse(readFileSync(join(directory, "filedriver/secretsdata.json"), "utf8"))).toEqual({ [id]: Buffer.from("top secret").toString("base64") });
  expect(statSync(join(directory, "filedriver/secretsdata.json")).mode & 0o777).toBe(0o600);
  expect(await world.engine.secret.inspect({ ref: id.slice(0, 6) })).not.toHaveProperty("SecretData");
  expect((await world.engine.secret.inspect({ ref: "first", showSecret: true })).SecretData).toBe("top secret");
  expect((await world.engine.secret.list({ filters: { name: ["irs"] } })).map(({ ID }) => ID)).toEqual([id]);
  await world.engine.secret.remove({ ref: "first" });
  expect(await failure(world.engine.secret.exists({ ref: "first" }))).toBe('no secret with name or id "first": no such secret');
  expect(readFileSync(join(directory, "filedriver/secretsdata.json"), "utf8")).not.toContain(id);
});

test("names are taken once, unless replaced or ignored; bad names and sizes are refused", async () => {
  const id = await keep("taken", "1");
  expect(await failure(keep("taken", "2"))).toBe("taken: secret name in use");
  expect(await keep("taken", "2", { ignore: true })).toBe(id);
  const next = await keep("taken", "3", { replace: true });
  expect((await world.engine.secret.inspect({ ref: next, showSecret: true })).SecretData).toBe("3");
  expect(await failure(keep("a/b", "x"))).toContain("invalid secret name");
  expect(await failure(keep("empty", ""))).toContain("secret data must be larger than 0");
  expect(await failure(keep("large", new Uint8Array(512_000)))).toContain("less than 512000 bytes");
});

test("in a container: as files with their owner and mode, in the environment, and never shown", async () => {
  const id = await keep("word", "hidden-word");
  const { id: container, text } = await output({
    secrets: [{ source: "word" }, { source: id, target: "/opt/word", uid: 12, gid: 34, mode: 0o400 }], secretEnv: { WORD: "word" },
    command: ["sh", "-c", "echo $(cat /run/secrets/word); stat -c %u:%g:%a /opt/word; test $WORD = hidden-word && echo same"],
  });
  expect(text).toContain("hidden-word\n12:34:400\nsame");
  const shown = await world.engine.container.inspect({ ref: container });
  expect(JSON.stringify(shown)).not.toContain("hidden-word\"");
  expect(shown.Config.Env.some((line) => line.startsWith("WORD="))).toBe(false);
  expect(shown.Config.Secrets).toEqual([{ Name: "word", ID: id, UID: 0, GID: 0, Mode: 0o444 }, { Name: "word", ID: id, UID: 12, GID: 34, Mode: 0o400 }]);
});

test("a container keeps its copy when the secret goes, and it goes with the container", async () => {
  await keep("short", "lived");
  const { Id: id } = await world.engine.container.create({ spec: { image, network: { mode: { mode: "none" } }, secrets: [{ source: "short" }], command: ["cat", "/run/secrets/short"] } });
  await world.engine.secret.remove({ ref: "short" });
  await world.engine.container.start({ ref: id });
  expect(await world.engine.container.wait({ ref: id })).toBe(0);
  const { staticDir } = world.context.containers().resolve(id).config;
  await world.engine.container.remove({ ref: id });
  expect(existsSync(join(staticDir, "secrets"))).toBe(false);
});

test("a secret that is not there stops the create", async () => {
  const error: unknown = await world.engine.container.create({ spec: { image, secrets: [{ source: "nowhere" }], command: ["true"] } }).catch((thrown: unknown) => thrown);
  expect(isEngineError(error, "no-such-secret")).toBe(true);
});
