/** A command in a running container without conmon: the runtime's own `exec`, its output through one pipe. */
import { closeSync, createReadStream } from "node:fs";
import { join } from "node:path";
import { newId } from "../base/ids.ts";
import { isErrno } from "../base/errors.ts";
import { kill, pipe } from "../sys/index.ts";
import type { RuntimeCaller } from "./call.ts";
import { readStart } from "./errors.ts";
import { removeFile, writeJson } from "./prepare.ts";
import type { ProbeProcess, ProbeResult } from "./types.ts";

const sigKill = 9;
/** What the command left running may keep the pipe open; its own output is there at once. */
const drainMs = 200;

export async function probe(facts: RuntimeCaller, request: ProbeProcess): Promise<ProbeResult> {
  const base = join(request.runDir, `check-${newId().slice(0, 12)}`);
  const [processFile, pidFile] = [`${base}.json`, `${base}.pid`];
  writeJson(processFile, request.process);
  try {
    return await runToEnd(facts, request, processFile, pidFile);
  } finally { removeFile(processFile); removeFile(pidFile); }
}

async function runToEnd(facts: RuntimeCaller, request: ProbeProcess, processFile: string, pidFile: string): Promise<ProbeResult> {
  const ends = pipe();
  // One pipe for both, so that the lines keep their order; a pipe as stdin, because old crun gives the machine's /dev/null away.
  const child = spawn(facts, request, processFile, pidFile, ends);
  const output = collect(ends.read, request.maxOutputBytes);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endProbe(pidFile, child.pid);
  }, request.timeoutMs);
  const exitCode = await child.exited;
  clearTimeout(timer);
  return { exitCode, output: await output.finish(), timedOut };
}

function spawn(facts: RuntimeCaller, { containerId }: ProbeProcess, processFile: string, pidFile: string, ends: { readonly read: number; readonly write: number }): Bun.Subprocess<"pipe", number, number> {
  try {
    const child = Bun.spawn([facts.path, ...facts.flags, "exec", "--process", processFile, "--pid-file", pidFile, containerId], { stdio: ["pipe", ends.write, ends.write], env: facts.environment });
    void child.stdin.end();
    return child;
  } catch (error) {
    closeSync(ends.read);
    throw error;
  } finally { closeSync(ends.write); }
}

/** The runtime waits for the command, so its pid cannot be another's as long as the runtime lives. */
function endProbe(pidFile: string, runtimePid: number): void {
  for (const pid of [pidIn(pidFile), runtimePid]) {
    try { if (pid > 0) { kill(pid, sigKill); return; } } catch (error) { if (!isErrno(error, "ESRCH")) throw error; }
  }
}

function pidIn(file: string): number {
  try { return Number.parseInt(readStart(file, 16), 10) || 0; } catch { return 0; }
}

function collect(fd: number, limit: number): { finish(): Promise<Uint8Array> } {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = createReadStream("", { fd, autoClose: true });
  const ended = new Promise<void>((resolve) => {
    stream.on("data", (chunk) => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      if (size < limit) chunks.push(bytes.subarray(0, limit - size));
      size += bytes.length;
    });
    stream.once("close", resolve);
    stream.once("error", () => { resolve(); });
  });
  return {
    finish: async () => {
      const timer = setTimeout(() => { stream.destroy(); }, drainMs);
      await ended;
      clearTimeout(timer);
      return Buffer.concat(chunks);
    },
  };
}
