/**
 * Docker's volume plugins: a server on a unix socket that containers.conf names ([engine.volume_plugins]). Every call is a POST
 * of JSON; anything but 200 is an error with its text in `Err`.
 */
import { statSync } from "node:fs";
import { normalize } from "node:path";
import { EngineError, isErrno, messageOf } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";

export interface PluginVolume { readonly Name: string; readonly Mountpoint?: string; readonly Status?: Readonly<Record<string, unknown>> }
export interface VolumePlugin {
  readonly name: string;
  create(volume: string, options: Readonly<Record<string, string>>): Promise<void>;
  /** undefined when the plugin answers without a volume. */
  get(volume: string): Promise<PluginVolume | undefined>;
  list(): Promise<readonly PluginVolume[]>;
  remove(volume: string): Promise<void>;
  /** Gives the directory. */
  mount(volume: string): Promise<string>;
  unmount(volume: string): Promise<void>;
}

const contentType = "application/vnd.docker.plugins.v1.1+json";
/** Of one answer; a list of many thousand volumes. */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Plugins count by who mounts. We count ourselves, so it is always the same one: Podman's. */
const mounterId = "2f73349cfc4630255319c6c8dfc1b46a8996ace9d14d8e07563b165915918ec2";

interface Connection { readonly name: string; readonly socket: string; readonly timeoutSeconds: number }

/**
 * Connects to the driver's plugin and asks whether it is one for volumes.
 * @throws failed-precondition when it is not configured, not there, or something else
 */
export async function openPlugin(context: EngineContext, driver: string, timeoutSeconds?: number): Promise<VolumePlugin> {
  const { volumePlugins, volumePluginTimeoutSeconds } = context.config.engine;
  const configured = volumePlugins[driver];
  if (configured === undefined) throw new EngineError("failed-precondition", `no volume plugin with name ${driver} available: required plugin missing`);
  const connection = { name: driver, socket: normalize(configured), timeoutSeconds: timeoutSeconds ?? volumePluginTimeoutSeconds };
  mustBeSocket(connection);
  await activate(connection);
  return pluginAt(connection);
}

function mustBeSocket({ name, socket }: Connection): void {
  let isSocket: boolean;
  try { isSocket = statSync(socket).isSocket(); } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    throw new EngineError("failed-precondition", `cannot access plugin ${name} socket ${JSON.stringify(socket)}: stat ${socket}: no such file or directory`);
  }
  if (!isSocket) throw new EngineError("failed-precondition", `volume ${name} path ${JSON.stringify(socket)} is not a unix socket: target does not appear to be a valid plugin`);
}

async function activate(connection: Connection): Promise<void> {
  const { status, body } = await post(connection, "/Plugin.Activate", undefined, `sending request to plugin ${connection.name} activation endpoint`);
  if (status !== 200) throw new EngineError("failed-precondition", `got status code ${status} from activation endpoint for plugin ${connection.name}: target does not appear to be a valid plugin`);
  const kinds = listOf(fieldOf(decode(connection.name, body), "Implements")).map(String);
  if (!kinds.includes("VolumeDriver")) throw new EngineError("failed-precondition", `plugin ${connection.name} does not implement volume plugin, instead provides ${kinds.join(", ")}: plugin is not a volume plugin`);
}

function pluginAt(connection: Connection): VolumePlugin {
  const call = async (verb: string, request?: { readonly Name: string } & Readonly<Record<string, unknown>>): Promise<unknown> => {
    const endpoint = `/VolumeDriver.${verb}`;
    const { status, body } = await post(connection, endpoint, request, `sending request to volume plugin ${connection.name} endpoint ${endpoint}`);
    if (status === 200) return decode(connection.name, body);
    const text = fieldOf(decode(connection.name, body), "Err");
    const reason = typeof text === "string" && text !== "" ? text : "empty error from plugin";
    throw new EngineError("failed-precondition", `on ${endpoint}${request === undefined ? "" : ` on volume ${request.Name}`} in volume plugin ${connection.name}: ${reason}`);
  };
  return {
    name: connection.name,
    create: async (Name, Opts) => { await call("Create", { Name, Opts }); },
    get: async (Name) => toVolume(fieldOf(await call("Get", { Name }), "Volume")),
    list: async () => listOf(fieldOf(await call("List"), "Volumes")).flatMap((entry) => toVolume(entry) ?? []),
    remove: async (Name) => { await call("Remove", { Name }); },
    mount: async (Name) => directoryIn(connection.name, Name, fieldOf(await call("Mount", { Name, ID: mounterId }), "Mountpoint")),
    unmount: async (Name) => { await call("Unmount", { Name, ID: mounterId }); },
  };
}

/** What the plugin names is mounted into containers: it must be a place. */
function directoryIn(plugin: string, volume: string, mountpoint: unknown): string {
  if (typeof mountpoint === "string" && mountpoint.startsWith("/")) return mountpoint;
  throw new EngineError("failed-precondition", `volume plugin ${plugin} gave no absolute path for volume ${volume}`);
}

async function post({ socket, timeoutSeconds }: Connection, path: string, request: object | undefined, action: string): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await fetch(`http://plugin${path}`, {
      unix: socket, method: "POST", headers: { "Content-Type": contentType }, body: request === undefined ? "" : JSON.stringify(request),
      ...(timeoutSeconds === 0 ? {} : { signal: AbortSignal.timeout(timeoutSeconds * 1000) }),
    });
    return { status: response.status, body: await readBounded(response) };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError("unavailable", `${action}: ${error instanceof Error && error.name === "TimeoutError" ? `no answer within ${timeoutSeconds} seconds` : messageOf(error)}`, { cause: error });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new EngineError("resource-exhausted", `a volume plugin's answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function decode(plugin: string, body: string): unknown {
  if (body.trim() === "") return {};
  try { return JSON.parse(body); } catch (error) { throw new EngineError("failed-precondition", `unmarshalling JSON response from volume plugin ${plugin}: ${messageOf(error)}`, { cause: error }); }
}
const fieldOf = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function toVolume(value: unknown): PluginVolume | undefined {
  const name = fieldOf(value, "Name");
  if (typeof name !== "string" || name === "") return undefined;
  const [mountpoint, status] = [fieldOf(value, "Mountpoint"), fieldOf(value, "Status")];
  return {
    Name: name, ...(typeof mountpoint === "string" ? { Mountpoint: mountpoint } : {}),
    ...(typeof status === "object" && status !== null ? { Status: status as Readonly<Record<string, unknown>> } : {}),
  };
}
