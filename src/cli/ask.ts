/** Asking a person: a line, or a line that is not shown. */
import { hideInput, isTerminal } from "../sys/index.ts";

/** Names and passwords; more is a file that was piped in by mistake. */
const maxLineBytes = 64 * 1024;

type Input = NodeJS.ReadStream & { fd: 0 };

/** One line without its end. What follows stays in the stream for the next reader. @throws Error `EOF` when there is none */
export async function readLine(stdin: Input): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = await nextChunk(stdin);
    if (chunk === undefined) {
      if (size === 0) throw new Error("EOF");
      break;
    }
    const end = chunk.indexOf(0x0a);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end !== -1) {
      if (end + 1 < chunk.length) stdin.unshift(chunk.subarray(end + 1));
      break;
    }
    size += chunk.length;
    if (size > maxLineBytes) throw new Error(`line of more than ${maxLineBytes} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8").replace(/\r$/, "");
}

/** The same with the terminal's echo off; put back whatever happens, a signal included. @throws Error when aborted by a signal */
export async function readHidden(stdin: Input): Promise<string> {
  if (!isTerminal(stdin.fd)) return readLine(stdin);
  const restore = hideInput(stdin.fd);
  let interrupt: (() => void) | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = () => { reject(new Error("interrupted")); };
    process.once("SIGINT", interrupt);
  });
  try { return await Promise.race([readLine(stdin), interrupted]); } finally {
    if (interrupt !== undefined) process.off("SIGINT", interrupt);
    restore();
  }
}

/** Everything up to the end, bounded. */
export async function readAllText(stdin: Input): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = await nextChunk(stdin);
    if (chunk === undefined) break;
    size += chunk.length;
    if (size > maxLineBytes) throw new Error(`more than ${maxLineBytes} bytes on standard input`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** undefined at the end. */
async function nextChunk(stdin: Input): Promise<Buffer | undefined> {
  for (;;) {
    const chunk = stdin.read() as Buffer | string | null;
    if (chunk !== null) return Buffer.from(chunk);
    if (stdin.readableEnded || stdin.destroyed) return undefined;
    await new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => (): void => {
        for (const [name, listener] of listeners) stdin.off(name, listener);
        finish();
      };
      const listeners: readonly [string, (error?: unknown) => void][] = [
        ["readable", settle(resolve)], ["end", settle(resolve)], ["close", settle(resolve)], ["error", settle(() => { reject(new Error("reading standard input failed")); })],
      ];
      for (const [name, listener] of listeners) stdin.on(name, listener);
    });
  }
}
