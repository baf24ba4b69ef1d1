/**
 * What every engine must do, whoever implements it: run on the local engine, and on the remote one over a socket. Every kind of
 * operation is here (values, streams, bytes, uploads, sessions, errors), each on a real container, image, volume or network.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { ByteStream, Duplex } from "../../contract/kit.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import { decodeFrames } from "../../contract/frames.ts";

export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine;
  /** A busybox image in its store. */
  readonly image: string;
  /** A folder that the engine may bind into containers. */
  readonly dir: string;
}

async function output({ output: frames }: Duplex): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const out = { stdout: "", stderr: "" };
  for await (const { stream, data } of frames) out[stream] += Buffer.from(data).toString("utf8");
  return out;
}
async function failure(call: Promise<unknown> | AsyncIterable<unknown>): Promise<EngineError> {
  try {
    if (Symbol.asyncIterator in call) for await (const _item of call) { /* to its end */ } else await call;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
async function bytes(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
async function* once(data: Uint8Array): ByteStream { yield data; }

export function engineSuite(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(name, () => {
    let world: EngineUnderTest;
    let engine: Engine;
    beforeAll(async () => { world = await open(); ({ engine } = world); });
    afterAll(async () => { await world[Symbol.asyncDispose](); });

    const spec = (command: readonly string[], more: Partial<ContainerCreate> = {}): { readonly spec: ContainerCreate } => ({ spec: { image: world.image, command, network: { mode: { mode: "none" } }, ...more } });
    const create = async (command: readonly string[], more: Partial<ContainerCreate> = {}): Promise<string> => (await engine.container.create(spec(command, more))).Id;
    const running = async (more: Partial<ContainerCreate> = {}): Promise<string> => {
      const id = await create(["sleep", "1000"], more);
      await engine.container.start({ ref: id });
      return id;
    };
    const remove = async (ref: string): Promise<void> => { await engine.container.remove({ ref, force: true, timeout: 0, volumes: true }); };
    const status = async (ref: string): Promise<string> => (await engine.container.inspect({ ref })).State.Status;

    test("both streams arrive apart, in order, with the exit code", async () => {
      const id = await create(["sh", "-c", "echo out; echo err >&2; exit 7"]);
      const session = await engine.container.attach({ ref: id, stdout: true, stderr: true, stream: true });
      await engine.container.start({ ref: id });
      expect(await output(session)).toEqual({ stdout: "out\n", stderr: "err\n" });
      expect(await engine.container.wait({ ref: id })).toBe(7);
      await remove(id);
    });

    test("stdin goes in byte for byte, and its end too", async () => {
      const id = await create(["cat"], { stdin: true });
      const session = await engine.container.attach({ ref: id, stdin: true, stdout: true, stderr: true, stream: true });
      await engine.container.start({ ref: id });
      const text = "0123456789abcdef\n".repeat(20_000);
      const read = output(session);
      await session.write(Buffer.from(text));
      await session.closeWrite();
      expect((await read).stdout).toBe(text);
      await remove(id);
    });

    test("a terminal is one raw stream with the size it was given", async () => {
      const id = await create(["sh", "-c", "read line; stty size; echo got $line"], { terminal: true, stdin: true });
      const session = await engine.container.attach({ ref: id, stdin: true, stdout: true, stderr: true, stream: true });
      await engine.container.start({ ref: id });
      expect(session.terminal).toBe(true);
      await engine.container.resize({ ref: id, height: 33, width: 77 });
      const read = output(session);
      await session.write(Buffer.from("x\n"));
      const { stdout, stderr } = await read;
      expect(stdout).toContain("33 77");
      expect(stdout).toContain("got x\r\n");
      expect(stderr).toBe("");
      await remove(id);
    });

    test("a container passes through its states", async () => {
      const id = await running({ name: "states" });
      expect(await status("states")).toBe("running");
      await engine.container.pause({ ref: id });
      expect(await status(id)).toBe("paused");
      await engine.container.unpause({ ref: id });
      await engine.container.rename({ ref: id, name: "renamed" });
      await engine.container.restart({ ref: "renamed", timeout: 0 });
      await engine.container.stop({ ref: id, timeout: 0 });
      expect(await status("renamed")).toBe("exited");
      expect((await failure(engine.container.stop({ ref: id }))).code).toBe("not-modified");
      await engine.container.exists({ ref: "renamed" });
      expect(await engine.container.remove({ ref: id })).toMatchObject([{ Id: id }]);
      expect((await failure(engine.container.exists({ ref: id }))).reason).toBe("no-such-container");
    });

    test("lists know filters; a kill is seen by a waiter", async () => {
      const id = await running({ labels: { suite: "yes" } });
      expect((await engine.container.list({ filters: { label: ["suite=yes"] } })).map(({ Id }) => Id)).toEqual([id]);
      expect(await engine.container.list({ filters: { label: ["suite=no"] } })).toEqual([]);
      const waited = engine.container.wait({ ref: id });
      await engine.container.kill({ ref: id, signal: "KILL" });
      expect(await waited).toBe(137);
      await remove(id);
    });

    test("logs are frames; followed they end with the container", async () => {
      const id = await create(["sh", "-c", "echo one; echo two >&2; sleep 0.2; echo three"]);
      await engine.container.start({ ref: id });
      const lines: string[] = [];
      for await (const { stream, data } of decodeFrames(engine.container.logs({ ref: id, follow: true, stdout: true, stderr: true }))) lines.push(`${stream}:${Buffer.from(data).toString().trim()}`);
      expect(lines.toSorted()).toEqual(["stderr:two", "stdout:one", "stdout:three"]);
      expect((await bytes(engine.container.logs({ ref: id, stdout: true, tail: "1" }))).subarray(8).toString()).toBe("three\n");
      await remove(id);
    });

    test("exec: output, input, exit code, and what cannot run", async () => {
      const id = await running();
      const { Id: session } = await engine.exec.create({ ref: id, command: ["sh", "-c", "cat; echo err >&2; exit 3"], stdin: true, stdout: true, stderr: true });
      const duplex = await engine.exec.start({ id: session });
      const read = output(duplex);
      await duplex.write(Buffer.from("in"));
      await duplex.closeWrite();
      expect(await read).toEqual({ stdout: "in", stderr: "err\n" });
      expect(await engine.exec.inspect({ id: session })).toMatchObject({ ExitCode: 3, Running: false, ContainerID: id });
      await engine.exec.remove({ id: session });
      expect((await failure(engine.exec.inspect({ id: session }))).reason).toBe("no-such-exec");
      await remove(id);
    });

    test("what was asked for is what the container has", async () => {
      const id = await create(["sh", "-c", "echo $A; pwd; id -u; hostname; cat /b/file"], {
        env: { A: "1 2" }, workdir: "/tmp", user: "123", hostname: "box", labels: { l: "v" }, stopSignal: "INT", stopTimeoutSeconds: 3, storage: { mounts: [{ type: "bind", source: world.dir, destination: "/b", options: ["ro"] }] },
      });
      await Bun.write(`${world.dir}/file`, "content\n");
      const session = await engine.container.attach({ ref: id, stdout: true, stream: true });
      await engine.container.start({ ref: id });
      expect((await output(session)).stdout).toBe("1 2\n/tmp\n123\nbox\ncontent\n");
      expect((await engine.container.inspect({ ref: id })).Config).toMatchObject({ Hostname: "box", StopSignal: "SIGINT", StopTimeout: 3, Labels: { l: "v" }, User: "123" });
      await remove(id);
    });

    test("changes, the root file system, processes", async () => {
      const id = await create(["sh", "-c", "echo x > /new; sleep 1000"]);
      await engine.container.start({ ref: id });
      expect((await engine.container.top({ ref: id, descriptors: ["pid", "args"] })).Titles).toEqual(["PID", "COMMAND"]);
      expect(await engine.container.diff({ ref: id })).toContainEqual({ Path: "/new", Kind: 1 });
      expect((await bytes(engine.container.export({ ref: id }))).includes("var/www/index.html")).toBe(true);
      await remove(id);
    });

    test("images: save and load, names, history, import, removal", async () => {
      const { Id } = await engine.image.inspect({ ref: world.image });
      await engine.image.tag({ ref: world.image, repo: "localhost/copy", tag: "2" });
      expect((await engine.image.list({})).find((image) => image.Id === Id)?.RepoTags).toContain("localhost/copy:2");
      const archive = await bytes(engine.image.save({ references: ["localhost/copy:2"], format: "docker-archive" }));
      expect(await engine.image.remove({ images: ["localhost/copy:2"] })).toMatchObject({ Untagged: ["localhost/copy:2"], ExitCode: 0 });
      expect((await failure(engine.image.exists({ ref: "localhost/copy:2" }))).code).toBe("not-found");
      expect(await engine.image.load({}, { body: once(archive) })).toEqual({ Names: ["localhost/copy:2"] });
      expect((await engine.image.history({ ref: "localhost/copy:2" })).length).toBeGreaterThan(0);
      const { Id: imported } = await engine.image.import({ reference: "localhost/imported:1", changes: ["CMD echo"] }, { body: once(archive) });
      expect((await engine.image.inspect({ ref: "localhost/imported:1" })).Id).toBe(imported.replace(/^sha256:/, ""));
      expect((await engine.image.remove({ images: ["localhost/imported:1", "localhost/copy:2", "nope"] })).ExitCode).toBe(1);
    });

    test("a pull that fails says why", async () => {
      const error = await failure(engine.image.pull({ ref: "127.0.0.1:1/nothing:1", tlsVerify: false, retry: 0 }));
      expect(error.message).toContain("127.0.0.1:1");
    });

    test("volumes and networks", async () => {
      expect(await engine.volume.create({ name: "v", labels: { a: "b" } })).toMatchObject({ Name: "v", Labels: { a: "b" } });
      expect((await failure(engine.volume.create({ name: "v" }))).code).toBe("conflict");
      expect((await engine.volume.list({ filters: { label: ["a=b"] } })).map(({ Name }) => Name)).toEqual(["v"]);
      await engine.volume.remove({ ref: "v" });
      expect((await failure(engine.volume.inspect({ ref: "v" }))).reason).toBe("no-such-volume");
      const { id } = await engine.network.create({ network: { name: "n", driver: "bridge", labels: { a: "b" } } });
      expect(await engine.network.inspect({ ref: "n" })).toMatchObject({ id, labels: { a: "b" }, containers: {} });
      expect((await engine.network.list({ filters: { name: ["n"] } })).map(({ name }) => name)).toContain("n");
      expect(await engine.network.remove({ ref: "n" })).toEqual([{ Name: "n", Err: null }]);
      expect((await failure(engine.network.inspect({ ref: "n" }))).reason).toBe("no-such-network");
    });

    test("events tell what happened, past and present", async () => {
      const since = String(Date.now() / 1000);
      const stop = new AbortController();
      const seen = (async () => {
        for await (const event of engine.system.events({ since, filters: { type: ["container"] } }, { signal: stop.signal })) if (event.status === "remove") return event;
        return undefined;
      })();
      const id = await create(["true"], { name: "told" });
      await remove(id);
      expect(await seen).toMatchObject({ type: "container", id, name: "told" });
      stop.abort();
      const past: string[] = [];
      for await (const event of engine.system.events({ since, stream: false, filters: { container: [id] } })) past.push(event.status);
      expect(past).toEqual(["create", "remove"]);
    });

    test("facts of the engine", async () => {
      expect((await engine.system.version({})).Version).toMatch(/^\d+\.\d+\.\d+$/);
      expect((await engine.system.info({})).host.os).toBe("linux");
    });

    test("errors keep code, reason and sentence", async () => {
      expect(await failure(engine.container.inspect({ ref: "nope" }))).toMatchObject({ code: "not-found", reason: "no-such-container", message: expect.stringContaining('"nope"') });
      expect(await failure(engine.container.create(spec(["true"], { image: "localhost/none:1" })))).toMatchObject({ code: "not-found", reason: "no-such-image" });
      const id = await create(["no-such-command"]);
      expect(await failure(engine.container.start({ ref: id }))).toMatchObject({ reason: "command-not-found" });
      expect(await failure(engine.container.kill({ ref: id }))).toMatchObject({ code: "conflict" });
      await remove(id);
    });
  });
}
