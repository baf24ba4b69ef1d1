/** `podman image scp`: one podman saves to a pipe, another loads from it. Nothing is kept on the way. */
import { userInfo } from "node:os";
import { EngineError } from "../base/errors.ts";
import { listConnections } from "../config/connections.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { scp as operation } from "../contract/image/scp.ts";
import type { EngineContext } from "../engine/context.ts";
import { parseTransfer, type Transfer } from "./scp-places.ts";
import { programAt, type Program, type ScpContext } from "./scp-programs.ts";

type ScpInput = InputOf<typeof operation.input>;

export interface ScpOptions {
  readonly signal?: AbortSignal | undefined;
  /** Lines for people that the two programs write; not called when quiet. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** A service's part: between machines only. @throws see the operation */
export async function scp(context: EngineContext, input: ScpInput, call: CallOptions = {}): Promise<{ readonly Id: string }> {
  const { username } = userInfo();
  const transfer = parseTransfer(input.source, input.destination ?? "", { isRoot: username === "root", user: username, sudoUser: undefined });
  if (transfer.source.kind !== "remote" && transfer.destination.kind !== "remote") throw new EngineError("invalid-argument", "cannot use the user transfer function on the remote client: invalid argument");
  const { env, config, selfCommand: self, warn } = context;
  const scpContext: ScpContext = { self, env, connections: listConnections(config.engine, env), user: username, isRoot: process.getuid?.() === 0, warn };
  const onLine = call.onProgress === undefined ? undefined : (line: string): void => { call.onProgress?.({ key: line, message: line }); };
  return { Id: await copyByScp(scpContext, transfer, input, { signal: call.signal, onLine }) };
}

/** Returns the name that the image has at its destination. @throws what either side says, in its words */
export async function copyByScp(context: ScpContext, transfer: Transfer, { format = "", quiet }: Pick<ScpInput, "format" | "quiet">, options: ScpOptions): Promise<string> {
  const [source, destination] = [programAt(context, transfer.source), programAt(context, transfer.destination)];
  const calm = quiet === true ? ["--quiet"] : [];
  const run = { ...options, ...(quiet === true ? { onLine: undefined } : {}) };
  const save = source(["image", "save", ...calm, ...(format === "" ? [] : ["--format", format]), "--", transfer.image]);
  const told = await pipe(save, destination(["image", "load", ...calm]), run);
  const name = told.trim().split("\n").at(-1)?.split(" ").at(-1) ?? "";
  if (name === "") throw new EngineError("internal", `image scp: the destination did not say what it loaded: ${JSON.stringify(told)}`);
  if (transfer.tag === undefined) return name;
  const tagging = start(destination(["image", "tag", "--", name, transfer.tag]), "ignore", run);
  await tagging.end();
  return name;
}

/** The loading program starts with the first byte: a save that fails makes one error, not two. */
async function pipe(save: Program, load: Program, options: ScpOptions): Promise<string> {
  const saving = start(save, "ignore", options);
  const bytes = saving.stdout[Symbol.asyncIterator]();
  const first = await bytes.next();
  if (first.done === true) {
    await saving.end();
    throw new EngineError("internal", "image scp: the source sent nothing");
  }
  const loading = start(load, "pipe", options);
  try {
    const output = new Response(loading.stdout).text();
    let chunk: IteratorResult<Uint8Array> = first;
    try {
      for (; chunk.done !== true; chunk = await bytes.next()) { await loading.write(chunk.value); }
    } catch { /* the loading program ended early: its own words follow */ }
    await loading.closeInput();
    await loading.end();
    await saving.end();
    return await output;
  } finally {
    saving.kill();
    loading.kill();
  }
}

interface Running {
  readonly stdout: ReadableStream<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  closeInput(): Promise<void>;
  /** @throws with the program's last error unless it ended well */
  end(): Promise<void>;
  kill(): void;
}

function start({ argv, env, cwd }: Program, stdin: "ignore" | "pipe", { signal, onLine }: ScpOptions): Running {
  signal?.throwIfAborted();
  const child = Bun.spawn([...argv], { stdin, stdout: "pipe", stderr: "pipe", env: { ...env }, ...(cwd === undefined ? {} : { cwd }), ...(signal === undefined ? {} : { signal }) });
  const failure = lastError(child.stderr, onLine);
  return {
    stdout: child.stdout,
    write: async (bytes) => { if (child.stdin !== undefined) { await child.stdin.write(bytes); await child.stdin.flush(); } },
    closeInput: async () => { await child.stdin?.end(); },
    end: async () => {
      const status = await child.exited;
      const why = await failure;
      signal?.throwIfAborted();
      if (status !== 0) throw new EngineError("failed-precondition", why === "" ? `${argv.slice(0, 2).join(" ")}: exit status ${status}` : why);
    },
    kill: () => { if (child.exitCode === null) child.kill(); },
  };
}

/** Passes lines on but for errors, of which the last is given. ssh's and sudo's have no mark; then the last line is it. */
async function lastError(stream: ReadableStream<Uint8Array>, onLine: ((line: string) => void) | undefined): Promise<string> {
  const decoder = new TextDecoder();
  let [pending, error, last] = ["", "", ""];
  const take = (line: string): void => {
    if (line.trim() === "") return;
    last = line;
    if (line.startsWith("Error: ")) error = line.slice("Error: ".length);
    else onLine?.(line);
  };
  for await (const chunk of stream) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    pending = (lines.pop() ?? "").slice(-maxLineLength);
    for (const line of lines) take(line);
  }
  take(pending);
  return error === "" ? last : error;
}
const maxLineLength = 64 * 1024;
