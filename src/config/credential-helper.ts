/** Docker's credential helpers: programs `docker-credential-NAME` that speak JSON on stdin and stdout. */
import { EngineError } from "../base/errors.ts";
import type { Environment } from "./rootless.ts";

/** Answers are a few hundred bytes; more is a broken or hostile helper. */
const maxOutputBytes = 64 * 1024;
/** Helpers may ask the user for a password of a key ring; a hung one must not hang us for ever. */
const timeoutMillis = 120_000;

export interface HelperCredentials { readonly username: string; readonly secret: string }

/** undefined when the helper knows nothing of the server. @throws EngineError failed-precondition/program-missing, internal */
export async function askHelper(helper: string, server: string, env: Environment): Promise<HelperCredentials | undefined> {
  const { status, output } = await runHelper(helper, "get", server, env);
  if (status !== 0) {
    if (isNotFound(output)) return undefined;
    throw failed(helper, "get", output);
  }
  const answer = parseAnswer(helper, output);
  const [username, secret] = [answer["Username"], answer["Secret"]];
  if (typeof username !== "string" || typeof secret !== "string") throw failed(helper, "get", "answer without Username and Secret");
  return { username, secret };
}

export async function storeInHelper(helper: string, server: string, credentials: HelperCredentials, env: Environment): Promise<void> {
  const { status, output } = await runHelper(helper, "store", JSON.stringify({ ServerURL: server, Username: credentials.username, Secret: credentials.secret }), env);
  if (status !== 0) throw failed(helper, "store", output);
}

/** false when there was nothing to erase. */
export async function eraseFromHelper(helper: string, server: string, env: Environment): Promise<boolean> {
  const { status, output } = await runHelper(helper, "erase", server, env);
  if (status === 0) return true;
  if (isNotFound(output)) return false;
  throw failed(helper, "erase", output);
}

/** Servers the helper knows, with user names. */
export async function listHelper(helper: string, env: Environment): Promise<Readonly<Record<string, string>>> {
  const { status, output } = await runHelper(helper, "list", "", env);
  if (status !== 0) throw failed(helper, "list", output);
  return parseAnswer(helper, output) as Record<string, string>;
}

async function runHelper(helper: string, verb: string, input: string, env: Environment): Promise<{ readonly status: number; readonly output: string }> {
  if (!/^[\w.-]+$/.test(helper)) throw new EngineError("invalid-argument", `invalid credential helper name ${JSON.stringify(helper)}`);
  const program = `docker-credential-${helper}`;
  let child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  try {
    child = Bun.spawn([program, verb], { stdin: "pipe", stdout: "pipe", stderr: "inherit", env: { ...env }, timeout: timeoutMillis });
  } catch (error) {
    throw new EngineError("failed-precondition", `exec: "${program}": executable file not found in $PATH`, { reason: "program-missing", cause: error, hint: `install ${program}, or take it out of credHelpers and credential-helpers` });
  }
  void child.stdin.write(input);
  void child.stdin.end();
  try { return { output: await readBounded(child.stdout, program), status: await child.exited }; } catch (error) {
    child.kill("SIGKILL");
    await child.exited;
    throw error;
  }
}

async function readBounded(stream: ReadableStream<Uint8Array>, program: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxOutputBytes) throw new EngineError("invalid-argument", `${program} wrote more than ${maxOutputBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8").trim();
}

/** The protocol's own sentence: helpers report "no such entry" as text on stdout and nothing else. */
function isNotFound(output: string): boolean { return output === "credentials not found in native keychain"; }

function parseAnswer(helper: string, output: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(output);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch { /* told below, without the text: it may be a secret */ }
  throw failed(helper, "get", "answer is not a JSON object");
}

function failed(helper: string, verb: string, why: string): EngineError {
  return new EngineError("internal", `error ${verb === "get" ? "getting" : verb === "store" ? "storing" : verb === "list" ? "listing" : "erasing"} credentials - err: docker-credential-${helper} ${verb}, out: \`${why}\``);
}
