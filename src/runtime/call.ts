/** One call of the OCI runtime's command line. Spawning costs 0.7 ms, crun itself 2 ms and more. */
import { EngineError } from "../base/errors.ts";

/** What a runtime prints before it fails. */
const maxOutputBytes = 64 * 1024;

export interface RuntimeCaller {
  readonly name: string;
  readonly path: string;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface CallResult { readonly status: number; readonly stdout: string; readonly stderr: string }

/** Runs `<runtime> <flags> <args>` to its end; does not throw for a non-zero status. */
export async function callRuntime(caller: RuntimeCaller, args: readonly string[], readOutput = false): Promise<CallResult> {
  const child = Bun.spawn([caller.path, ...caller.flags, ...args], {
    stdio: ["ignore", readOutput ? "pipe" : "ignore", "pipe"], env: caller.environment, maxBuffer: maxOutputBytes,
  });
  const [stderr, stdout, status] = await Promise.all([
    new Response(child.stderr).text(), readOutput ? new Response(child.stdout).text() : "", child.exited,
  ]);
  return { status, stdout, stderr };
}

/** Like `callRuntime`, and throws what the runtime printed. `action` starts the message: `start container "web"`. */
export async function mustCall(caller: RuntimeCaller, args: readonly string[], action: string): Promise<CallResult> {
  const result = await callRuntime(caller, args);
  if (result.status === 0) return result;
  throw new EngineError("internal", `${action}: ${caller.name}: ${lastLine(result.stderr)}`);
}

/** Runtimes log one line per problem, the cause last. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
