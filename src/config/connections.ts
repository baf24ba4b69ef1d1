/**
 * Named addresses of Podman services: `podman-connections.json` (what `system connection` changes), and the destinations of
 * containers.conf, which are read-only. The file is Podman's; podman-system-connection(1).
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, within } from "../base/errors.ts";
import type { EngineSection } from "./types.ts";
import { writeFileAtomically } from "./write.ts";
import type { Environment } from "./rootless.ts";

export interface Connection {
  readonly Name: string;
  readonly URI: string;
  readonly Identity: string;
  readonly IsMachine: boolean;
  readonly Default: boolean;
  /** False for destinations of containers.conf. */
  readonly ReadWrite: boolean;
}

interface StoredDestination { readonly URI: string; readonly Identity?: string; readonly IsMachine?: boolean }
interface ConnectionsFile { readonly Connection: { readonly Default?: string; readonly Connections?: Readonly<Record<string, StoredDestination>> }; readonly Farm?: unknown }

export function connectionsPath(env: Environment): string {
  return env["PODMAN_CONNECTIONS_CONF"] ?? join(env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? "/root", ".config"), "containers/podman-connections.json");
}

/** Every connection by name; the file wins over containers.conf. @throws invalid-argument for a damaged file, naming it */
export function listConnections(engine: Pick<EngineSection, "serviceDestinations" | "activeService">, env: Environment): Connection[] {
  const { Connection: stored } = readFile(connectionsPath(env));
  const fallback = stored.Default ?? engine.activeService ?? "";
  const fixed = Object.entries(engine.serviceDestinations).map(([name, { uri, identity, isMachine }]) => row(name, { URI: uri, Identity: identity ?? "", IsMachine: isMachine ?? false }, fallback, false));
  const own = Object.entries(stored.Connections ?? {}).map(([name, destination]) => row(name, destination, fallback, true));
  return [...new Map([...fixed, ...own].map((connection) => [connection.Name, connection])).values()].sort((left, right) => left.Name < right.Name ? -1 : 1);
}

function row(Name: string, { URI, Identity = "", IsMachine = false }: StoredDestination, fallback: string, ReadWrite: boolean): Connection {
  return { Name, URI, Identity, IsMachine, Default: Name === fallback, ReadWrite };
}

/** Adds or replaces; the first one becomes the default. Atomic. */
export function addConnection(env: Environment, name: string, destination: { readonly URI: string; readonly Identity?: string }, isDefault: boolean): void {
  change(env, (connections, fallback) => {
    const Default = isDefault || fallback === undefined || fallback === "" ? name : fallback;
    return { Default, Connections: { ...connections, [name]: destination } };
  });
}

/** @throws not-found */
export function removeConnection(env: Environment, name: string): void {
  change(env, (connections, fallback) => {
    const { [name]: removed, ...Connections } = connections;
    if (removed === undefined) throw missing(name);
    return { Connections, ...(fallback !== undefined && fallback !== name && { Default: fallback }) };
  });
}

export function removeAllConnections(env: Environment): void { change(env, () => ({})); }

/** @throws not-found, conflict */
export function renameConnection(env: Environment, name: string, newName: string): void {
  change(env, (connections, fallback) => {
    const { [name]: moved, ...rest } = connections;
    if (moved === undefined) throw missing(name);
    if (newName in rest) throw new EngineError("conflict", `destination ${JSON.stringify(newName)} already exists`);
    return { Default: fallback === name ? newName : fallback ?? "", Connections: { ...rest, [newName]: moved } };
  });
}

/** @throws not-found */
export function setDefaultConnection(env: Environment, name: string): void {
  change(env, (connections) => {
    if (!(name in connections)) throw missing(name);
    return { Default: name, Connections: connections };
  });
}

const missing = (name: string): EngineError => new EngineError("not-found", `${JSON.stringify(name)} destination is not defined. See "podman system connection add ..." to create a connection`);

type Stored = ConnectionsFile["Connection"];
function change(env: Environment, edit: (connections: Readonly<Record<string, StoredDestination>>, fallback: string | undefined) => Stored): void {
  const path = connectionsPath(env);
  const file = readFile(path);
  const next: ConnectionsFile = { ...file, Connection: edit(file.Connection.Connections ?? {}, file.Connection.Default) };
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileAtomically(path, `${JSON.stringify(next)}\n`, 0o600);
  } catch (error) { throw within("update connections", error); }
}

function readFile(path: string): ConnectionsFile {
  if (!existsSync(path)) return { Connection: {} };
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<ConnectionsFile> | null;
    return { ...value, Connection: value?.Connection ?? {} };
  } catch (error) { throw within(`read connections file ${path}`, error, "invalid-argument"); }
}
