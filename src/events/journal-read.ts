/** Events from the journal, through journalctl(1): it knows the journal's files, rotation and namespaces. */
import { quietEnvironment } from "../base/environment.ts";
import { EngineError, isErrno } from "../base/errors.ts";
import type { EventRecord } from "../contract/types/event.ts";
import { decodeJournal } from "./journal.ts";

export interface JournalRead { readonly fromNow: boolean; readonly follow: boolean; readonly sinceMs?: number; readonly signal?: AbortSignal }

/** @throws failed-precondition/program-missing without journalctl */
export async function* readEventJournal({ fromNow, follow, sinceMs, signal }: JournalRead): AsyncGenerator<EventRecord> {
  const argv = [
    "journalctl", "--quiet", "--no-pager", "--output=json", "--all", ...(follow ? ["--follow"] : []), ...(follow && !fromNow ? ["--no-tail"] : []), ...(fromNow ? ["--lines=0"] : []),
    ...(sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`]), "SYSLOG_IDENTIFIER=podman",
  ];
  using child = start(argv, signal);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of child.stdout) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = decodeJournal(line);
      if (event !== undefined) yield event;
    }
  }
}

function start(argv: readonly string[], signal: AbortSignal | undefined): Disposable & { readonly stdout: ReadableStream<Uint8Array> } {
  try {
    const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "ignore", env: quietEnvironment(), ...(signal === undefined ? {} : { signal }) });
    return { stdout: child.stdout, [Symbol.dispose]: () => { child.kill(); } };
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    throw new EngineError("failed-precondition", "reading events from the journal: journalctl was not found", { cause: error, reason: "program-missing", hint: 'install the package "systemd", or set events_logger = "file" in containers.conf' });
  }
}
