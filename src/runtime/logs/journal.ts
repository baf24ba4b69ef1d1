/** Reads a container's messages from the systemd journal, through `journalctl -o json`. */
import { quietEnvironment } from "../../base/environment.ts";
import { EngineError } from "../../base/errors.ts";
import { formatNanos, type LogLine } from "./line.ts";

/** conmon cuts at 8 KiB; JSON of bytes as numbers takes four times that. */
const maxEntryBytes = 1024 * 1024;

export interface JournalLog {
  readonly id: string;
  readonly follow: boolean;
  readonly tail?: number;
  readonly sinceNanos?: bigint;
  readonly ended?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** @throws EngineError program-missing without journalctl */
export async function* readJournal(request: JournalLog): AsyncGenerator<LogLine> {
  const since = request.sinceNanos === undefined ? [] : [`--since=@${Number(request.sinceNanos / 1_000_000n) / 1000}`];
  let cursor: string | undefined;
  const past: JournalEntry[] = [];
  for await (const entry of entries([...since, `CONTAINER_ID_FULL=${request.id}`])) {
    cursor = entry.cursor;
    if (request.tail === undefined || request.tail < 0) yield entry.line;
    else keepLast(past, entry, request.tail);
  }
  for (const entry of past) yield entry.line;
  if (request.follow) yield* followJournal(request, cursor, since);
}

async function* followJournal(request: JournalLog, last: string | undefined, since: readonly string[]): AsyncGenerator<LogLine> {
  let cursor = last;
  const from = (): string[] => cursor === undefined ? [...since] : [`--after-cursor=${cursor}`];
  const stop = new AbortController();
  const finish = (): void => { stop.abort(); };
  request.ended?.then(finish, finish);
  request.signal?.addEventListener("abort", finish, { once: true });
  for await (const entry of entries(["--follow", "--no-tail", ...from(), `CONTAINER_ID_FULL=${request.id}`], stop.signal)) {
    cursor = entry.cursor;
    yield entry.line;
  }
  if (request.signal?.aborted === true) return;
  // What was written just before the end may still be on its way to the files.
  await Bun.spawn(["journalctl", "--sync"], { stdio: ["ignore", "ignore", "ignore"], env: quietEnvironment() }).exited;
  for await (const entry of entries([...from(), `CONTAINER_ID_FULL=${request.id}`])) yield entry.line;
}

/** Partial lines belong to the full line after them. */
function keepLast(kept: JournalEntry[], entry: JournalEntry, count: number): void {
  kept.push(entry);
  const fullLines = kept.filter(({ line }) => !line.isPartial).length + (entry.line.isPartial ? 1 : 0);
  if (fullLines <= count) return;
  const firstFull = kept.findIndex(({ line }) => !line.isPartial);
  kept.splice(0, firstFull + 1);
}

interface JournalEntry { readonly cursor: string; readonly line: LogLine }

async function* entries(args: readonly string[], signal?: AbortSignal): AsyncGenerator<JournalEntry> {
  const child = start(args);
  const kill = (): void => { child.kill(); };
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted === true) kill();
  try {
    let pending = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      pending += decoder.decode(chunk, { stream: true });
      const lines = pending.split("\n");
      pending = lines.pop() ?? "";
      if (pending.length > maxEntryBytes) pending = "";
      for (const text of lines) {
        const entry = parseEntry(text);
        if (entry !== undefined) yield entry;
      }
    }
  } finally {
    signal?.removeEventListener("abort", kill);
    child.kill();
    await child.exited;
  }
}

function start(args: readonly string[]): Bun.Subprocess<"ignore", "pipe", "ignore"> {
  try {
    return Bun.spawn(["journalctl", "--output=json", "--all", "--no-pager", "--quiet", ...args], { stdio: ["ignore", "pipe", "ignore"], env: quietEnvironment() });
  } catch (error) {
    throw new EngineError("failed-precondition", "reading logs from the journal: journalctl was not found", { cause: error, reason: "program-missing", hint: 'install the package "systemd", or use --log-driver k8s-file' });
  }
}

/** Entries that are no output (Podman's events, damaged ones) give undefined. */
export function parseEntry(text: string): JournalEntry | undefined {
  if (text === "") return undefined;
  let entry: Record<string, unknown>;
  try { entry = JSON.parse(text) as Record<string, unknown>; } catch { return undefined; }
  const { PRIORITY: priority, MESSAGE: message, __REALTIME_TIMESTAMP: time, __CURSOR: cursor } = entry;
  if ((priority !== "6" && priority !== "3") || typeof time !== "string" || typeof cursor !== "string") return undefined;
  // journalctl writes a message that is not UTF-8 as an array of bytes.
  const bytes = typeof message === "string" ? Buffer.from(message) : Array.isArray(message) ? Buffer.from(message as number[]) : undefined;
  if (bytes === undefined) return undefined;
  const timeNanos = BigInt(time) * 1000n;
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length;
  return { cursor, line: { stream: priority === "6" ? "stdout" : "stderr", isPartial: "CONTAINER_PARTIAL_MESSAGE" in entry, time: formatNanos(timeNanos), timeNanos, message: bytes.subarray(0, end) } };
}
