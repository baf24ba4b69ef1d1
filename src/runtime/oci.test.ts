import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { EngineError } from "../base/errors.ts";
import type { Duplex } from "../contract/kit.ts";
import { isProcessAlive, waitForProcess } from "../sys/index.ts";
import { attach, resize } from "./attach.ts";
import { readExit, waitForExit } from "./exit.ts";
import { openRuntime } from "./open.ts";
import { chownTree } from "./spec/chown-tree.ts";
import { attachSocketOf, execPaths } from "./prepare.ts";
import { makeBundle, minimalSpec, testConfig, type TestBundle } from "./testing/bundle.ts";
import type { AttachRequest, OciRuntime } from "./types.ts";

const attachTo = (bundle: TestBundle, change: Partial<AttachRequest> = {}): Promise<Duplex> =>
  attach({ socketPath: attachSocketOf(bundle.paths), terminal: false, stdin: true, stdout: true, stderr: true, detachKeys: "ctrl-p,ctrl-q", ...change });

async function collect(session: Duplex): Promise<{ stdout: string; stderr: string }> {
  const result = { stdout: "", stderr: "" };
  for await (const frame of session.output) result[frame.stream] += Buffer.from(frame.data).toString("utf8");
  return result;
}
const failureOf = async (work: Promise<unknown>): Promise<EngineError> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  if (error instanceof EngineError) return error;
  throw new Error(`expected an EngineError, got ${String(error)}`);
};

describe.each(["crun", "runc"])("%s under conmon", (name) => {
  let bundle: TestBundle;
  let runtime: OciRuntime;
  let conmonPid = 0;
  beforeEach(() => { bundle = makeBundle(); runtime = openRuntime({ config: testConfig(), env: process.env, name }); conmonPid = 0; });
  afterEach(async () => {
    await runtime.delete(bundle.id, true);
    if (conmonPid > 0) await waitForProcess(conmonPid);
    bundle.remove();
  });
  const create = async (...args: Parameters<TestBundle["request"]>): Promise<number> => {
    const created = await runtime.create(bundle.request(...args));
    conmonPid = created.conmonPid;
    return created.pid;
  };

  test("create, attach, start, output of both streams, exit status", async () => {
    const pid = await create(["sh", "-c", "echo out; echo err >&2; cat; exit 7"], { stdin: true });
    expect(isProcessAlive(pid)).toBe(true);
    expect(conmonPid).toBeGreaterThan(0);
    expect(await runtime.status(bundle.id)).toBe("created");
    const session = await attachTo(bundle);
    const exit = waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid });
    await runtime.start(bundle.id);
    const large = "x".repeat(100_000);
    await session.write(Buffer.from(large));
    await session.closeWrite();
    expect(await collect(session)).toEqual({ stdout: `out\n${large}`, stderr: "err\n" });
    expect(await exit).toMatchObject({ exitCode: 7, oomKilled: false });
    expect(readExit(bundle.paths, bundle.id)?.exitCode).toBe(7);
    expect(readFileSync(bundle.paths.logPath, "utf8")).toContain("stderr F err\n");
    await runtime.delete(bundle.id);
    await runtime.delete(bundle.id);
    expect(await runtime.status(bundle.id)).toBe("absent");
  });

  test("a missing and a non-executable command", async () => {
    const missing = await failureOf(create(["nosuchcmd"]));
    expect(missing.reason).toBe("command-not-found");
    expect(missing.message).toStartWith(`${name}: `);
    expect(missing.message).toEndWith(": OCI runtime attempted to invoke a command that was not found");
    const directory = await failureOf(create(["/etc/passwd"]));
    expect(directory.reason).toBe("command-not-executable");
    expect(directory.message).toEndWith(": OCI permission denied");
    expect(await runtime.status(bundle.id)).toBe("absent");
  });

  test("signals, pause, and killing what is gone", async () => {
    await create(["sh", "-c", "trap 'exit 3' TERM; echo ready; while true; do sleep 0.05; done"]);
    const session = await attachTo(bundle, { stdin: false });
    const exit = waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid });
    await runtime.start(bundle.id);
    for await (const frame of session.output) if (frame.data.length > 0) break;
    await runtime.pause(bundle.id);
    expect(await runtime.status(bundle.id)).toBe("paused");
    await runtime.resume(bundle.id);
    await runtime.kill(bundle.id, 15);
    expect((await exit)?.exitCode).toBe(3);
    session.close();
    expect((await failureOf(runtime.kill(bundle.id, 15))).reason).toBe("container-not-running");
  });

  test("a terminal has a size, and the detach keys leave it running", async () => {
    await create(["sh", "-c", "stty -echo; while read line; do stty size; done"], { terminal: true });
    const session = await attachTo(bundle, { terminal: true });
    resize(attachSocketOf(bundle.paths), { height: 33, width: 99 });
    await runtime.start(bundle.id);
    await session.write(Buffer.from("go\n"));
    let seen = "";
    const reading = (async () => { for await (const frame of session.output) { seen += Buffer.from(frame.data).toString(); if (seen.includes("33 99")) await session.write(Uint8Array.of(16, 17)); } })();
    expect((await failureOf(reading)).reason).toBe("detached");
    expect(await runtime.status(bundle.id)).toBe("running");
    await runtime.kill(bundle.id, 9);
    expect((await waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid }))?.exitCode).toBe(137);
  });

  test("exec: attached output, exit status, missing command", async () => {
    await create(["sleep", "100"]);
    await runtime.start(bundle.id);
    const exec = async (args: string[]): Promise<{ stdout: string; exitCode: number | undefined }> => {
      const sessionId = newId();
      const paths = execPaths(bundle.paths, sessionId, bundle.id);
      let output: Promise<{ stdout: string }> | undefined;
      await runtime.exec({
        sessionId, containerId: bundle.id, paths: bundle.paths, terminal: false, stdin: true, exitCommand: [], systemdCgroup: false, environment: {},
        process: { ...bundle.request(args).spec.process },
        onReady: async (socketPath) => {
          const session = await attach({ socketPath, terminal: false, stdin: true, stdout: true, stderr: true, detachKeys: "" });
          output = collect(session);
          await session.write(Buffer.from("from stdin"));
          await session.closeWrite();
        },
      });
      const exit = await waitForExit({ paths, id: bundle.id });
      return { stdout: (await output)?.stdout ?? "", exitCode: exit?.exitCode };
    };
    expect(await exec(["sh", "-c", "cat; exit 42"])).toEqual({ stdout: "from stdin", exitCode: 42 });
    expect((await failureOf(exec(["nosuchcmd"]))).reason).toBe("command-not-found");
    const sessionId = newId();
    await runtime.exec({
      sessionId, containerId: bundle.id, paths: bundle.paths, terminal: false, stdin: false, exitCommand: [], systemdCgroup: false, environment: {},
      process: { ...bundle.request(["sh", "-c", "cat; exit 5"]).spec.process, user: { uid: 1000, gid: 1000 } },
    });
    expect((await waitForExit({ paths: execPaths(bundle.paths, sessionId, bundle.id), id: bundle.id }))?.exitCode).toBe(5);
    expect(statSync("/dev/null").uid).toBe(0);
    await runtime.kill(bundle.id, 9);
    expect((await waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid }))?.exitCode).toBe(137);
  });

  test("conmon that is killed ends the wait", async () => {
    await create(["sleep", "100"]);
    await runtime.start(bundle.id);
    const exit = waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid });
    process.kill(conmonPid, "SIGKILL");
    expect(await exit).toBeUndefined();
    expect(existsSync(attachSocketOf(bundle.paths))).toBe(true);
    expect((await failureOf(attachTo(bundle))).reason).toBe("container-not-running");
  });
});

test("a socket path that is too long for the kernel, a terminal in an exec session, a kept descriptor", async () => {
  const bundle = makeBundle();
  const runtime = openRuntime({ config: testConfig(), env: process.env });
  const deep = { ...bundle.paths, bundle: `${bundle.paths.bundle}/${"d".repeat(120)}` };
  const file = openSync("/proc/self/cmdline", "r");
  try {
    expect(attachSocketOf(deep).length).toBeGreaterThan(108);
    // Descriptors from 3 up to the file's are holes but for the file.
    const { conmonPid } = await runtime.create({ ...bundle.request(["sh", "-c", `cat <&${file} | head -c 3; cat`]), paths: deep, stdin: true, preserveFd: [file] });
    const session = await attach({ socketPath: attachSocketOf(deep), terminal: false, stdin: true, stdout: true, stderr: true, detachKeys: "" });
    await runtime.start(bundle.id);
    const exit = waitForExit({ paths: deep, id: bundle.id, conmonPid });
    const sessionId = newId();
    let terminal = "";
    await runtime.exec({
      sessionId, containerId: bundle.id, paths: deep, terminal: true, stdin: true, exitCommand: [], systemdCgroup: false, environment: {},
      process: { ...minimalSpec("", bundle.id, ["sh", "-c", "stty size; tty"], true).process },
      onReady: async (socketPath) => {
        resize(socketPath, { height: 20, width: 70 });
        const attached = await attach({ socketPath, terminal: true, stdin: true, stdout: true, stderr: true, detachKeys: "" });
        void collect(attached).then(({ stdout }) => { terminal = stdout; });
      },
    });
    expect((await waitForExit({ paths: execPaths(deep, sessionId, bundle.id), id: bundle.id }))?.exitCode).toBe(0);
    await session.closeWrite();
    expect((await collect(session)).stdout).toBe(readFileSync("/proc/self/cmdline", "utf8").slice(0, 3));
    await exit;
    await waitForProcess(conmonPid);
    expect(terminal).toMatch(/^20 70\r\n\/dev\/pts\/\d+\r\n$/);
  } finally {
    closeSync(file);
    await runtime.delete(bundle.id, true);
    bundle.remove();
  }
});

test("a user namespace below a directory that only root can enter", async () => {
  const bundle = makeBundle();
  const runtime = openRuntime({ config: testConfig(), env: process.env });
  chmodSync(bundle.directory, 0o700);
  chownTree(bundle.root, 100_000, 100_000);
  const maps = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  const request = bundle.request(["sh", "-c", "id -u; cat /proc/self/uid_map"]);
  const plain = await request.spec;
  const { linux } = plain;
  const spec = { ...plain, linux: { ...linux, uidMappings: maps, gidMappings: maps, namespaces: [...linux.namespaces, { type: "user" }] } };
  try {
    const { conmonPid } = await runtime.create({ ...request, spec });
    const session = await attachTo(bundle);
    await runtime.start(bundle.id);
    expect((await collect(session)).stdout).toMatch(/^0\n +0 +100000 +65536\n$/);
    expect((await waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid }))?.exitCode).toBe(0);
    await waitForProcess(conmonPid);
  } finally {
    await runtime.delete(bundle.id, true);
    bundle.remove();
  }
  expect(statSync("/dev/null").uid).toBe(0);
  expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(bundle.id);
  rmSync(testConfig().paths.tmpDir, { recursive: true });
});

test("passthrough gives the container our own streams, and a time limit ends it", async () => {
  const bundle = makeBundle();
  const config = JSON.stringify(testConfig());
  const request = JSON.stringify(bundle.request(["sh", "-c", "read word; echo got $word; echo bad >&2; sleep 60"], { logDriver: "passthrough", timeoutSeconds: 1 }));
  const script = `
    const { openRuntime } = await import(${JSON.stringify(join(import.meta.dir, "open.ts"))});
    const { waitForExit } = await import(${JSON.stringify(join(import.meta.dir, "exit.ts"))});
    const request = ${request};
    const runtime = openRuntime({ config: ${config}, env: process.env });
    const { conmonPid } = await runtime.create(request);
    await runtime.start(request.id);
    const exit = await waitForExit({ paths: request.paths, id: request.id, conmonPid });
    await runtime.delete(request.id, true);
    process.exit(exit?.exitCode ?? 99);`;
  try {
    const child = Bun.spawn([process.execPath, "-e", script], { stdio: [Buffer.from("word\n"), "pipe", "pipe"] });
    expect(await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])).toEqual(["got word\n", "bad\n", 255]);
  } finally { bundle.remove(); }
});

test("missing programs are named", async () => {
  const config = testConfig();
  expect((await failureOf((async () => openRuntime({ config, env: { PATH: "/nowhere" }, name: "nope" }))())).message).toBe('default OCI runtime "nope" not found: invalid argument');
  expect((await failureOf((async () => openRuntime({ config, env: {}, name: "/bin/nope" }))())).reason).toBe("runtime-missing");
  const without = { ...config, engine: { ...config.engine, conmonPath: ["/no/conmon"] } };
  expect((await failureOf((async () => openRuntime({ config: without, env: { PATH: "/nowhere" } }))())).reason).toBe("conmon-missing");
});
