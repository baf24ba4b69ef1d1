/** `docker-daemon:`: images of a Docker engine, through its API. They travel as docker archives. DOCKER_HOST names another engine than the machine's own. */
import { EngineError, messageOf, within } from "../base/errors.ts";
import type { ByteStream, CallOptions } from "../contract/kit.ts";
import { toReadable } from "./readable.ts";
import type { ImageLocation } from "./types.ts";
import { readAll } from "./verify.ts";

export interface DaemonOptions extends CallOptions { readonly env: Readonly<Record<string, string | undefined>> }

const defaultHost = "unix:///var/run/docker.sock";
const maxAnswerBytes = 4 << 20;

/** The image as an archive of one image. @throws not-found, unavailable when no engine answers */
export async function readFromDaemon({ reference = "" }: ImageLocation, options: DaemonOptions): Promise<ByteStream> {
  const response = await ask("GET", `/images/${reference}/get`, options).catch((error: unknown) => { throw within("loading image from docker engine", error); });
  if (response.status !== 200 || response.body === null) throw await refusal(response, "loading image from docker engine");
  return response.body;
}

/** Sends an archive and waits until the engine has taken it. @throws failed-precondition with the engine's words */
export async function writeToDaemon(archive: ByteStream, options: DaemonOptions): Promise<void> {
  const what = "writing docker image to engine";
  const response = await ask("POST", "/images/load?quiet=1", options, archive).catch((error: unknown) => { throw within(what, error); });
  if (response.status !== 200) throw await refusal(response, what);
  const text = response.body === null ? "" : new TextDecoder().decode(await readAll(response.body, maxAnswerBytes, "answer of the docker engine"));
  for (const line of text.split("\n")) {
    const message = property(line, "error");
    if (message !== undefined) throw new EngineError("failed-precondition", `${what}: ${message}`);
  }
}

async function ask(method: "GET" | "POST", path: string, { env, signal }: DaemonOptions, body?: ByteStream): Promise<Response> {
  const host = env["DOCKER_HOST"] ?? "";
  const [, scheme, rest = ""] = /^(unix|tcp|http):\/\/(.+)$/.exec(host === "" ? defaultHost : host) ?? [];
  if (scheme === undefined) throw new EngineError("invalid-argument", `unable to parse docker host ${JSON.stringify(host)}`, { hint: "unix:///path/of/socket, or tcp://host:port without TLS" });
  const stream = body === undefined ? {} : { body: toReadable(body), headers: { "content-type": "application/x-tar" } };
  const url = new URL(path, scheme === "unix" ? "http://docker/" : `http://${rest}/`);
  const call = { method, redirect: "error" as const, decompress: false, timeout: false, ...stream, ...(signal === undefined ? {} : { signal }), ...(scheme === "unix" ? { unix: rest } : {}) };
  try { return await fetch(url, call); } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EngineError) throw error;
    throw new EngineError("unavailable", `Cannot connect to the Docker daemon at ${host === "" ? defaultHost : host}. Is the docker daemon running?`, { cause: error });
  }
}

async function refusal(response: Response, what: string): Promise<EngineError> {
  const text = response.body === null ? "" : await readAll(response.body, maxAnswerBytes, "answer of the docker engine").then((bytes) => new TextDecoder().decode(bytes), messageOf);
  const message = property(text, "message") ?? `status ${response.status}`;
  return new EngineError(response.status === 404 ? "not-found" : "failed-precondition", `${what}: Error response from daemon: ${message}`);
}

/** A text field of a JSON object. The engine's words go to a terminal: no control characters. */
function property(json: string, name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const field: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    return typeof field === "string" ? field.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ") : undefined;
  } catch { return undefined; }
}
