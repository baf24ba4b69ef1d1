/** Podman's global flags. Local ones stand before the command only; persistent ones anywhere. */
import type { ParsedFlags } from "./kit/parse.ts";
import type { RootFlags } from "./kit/traverse.ts";
import type { Flag, FlagKind, GlobalOptions } from "./kit/types.ts";
import { usageError } from "./kit/usage-error.ts";

export const logLevels = ["trace", "debug", "info", "warn", "warning", "error", "fatal", "panic"] as const;

const flag = <K extends FlagKind>(kind: K, name: string, doc: string, more: Partial<Flag<K>> = {}): Flag<K> => ({ kind, name, doc, ...more });
const text = (name: string, doc: string, more: Partial<Flag<"string">> = {}): Flag<"string"> => flag("string", name, doc, more);
const list = (name: string, doc: string, more: Partial<Flag<"strings">> = {}): Flag<"strings"> => flag("strings", name, doc, more);
const bool = (name: string, doc: string, more: Partial<Flag<"bool">> = {}): Flag<"bool"> => flag("bool", name, doc, more);
const hidden = { hidden: true } as const;
const file = { completion: "file" } as const;
const directory = { completion: "directory" } as const;

export interface RemoteDefaults {
  /** What --url and --connection show as their defaults. */
  readonly url: string;
  readonly connection: string;
  /** The environment names a service. */
  readonly connected: boolean;
}

/** The root's flags. For a `remote` program those that only work locally are unknown, as in Podman; --remote is not listed when it is implied. */
export function rootFlags(remote: boolean, defaults: RemoteDefaults): RootFlags {
  const flags = allRootFlags(remote || defaults.connected, defaults);
  if (!remote) return flags;
  const { modules: _modules, ...local } = flags.local;
  const { storageOpts, help, logLevel: level } = persistentFlags;
  return { local, persistent: { storageOpts, help, logLevel: level } };
}

function allRootFlags(connected: boolean, defaults: RemoteDefaults): RootFlags {
  return {
    local: {
      ssh: text("ssh", "Kind of ssh client", { defaultText: '"golang"', completion: ["golang", "native"] }),
      connection: text("connection", "Name of the service connection to use (CONTAINER_CONNECTION)", { short: "c", ...defaultOf(defaults.connection) }),
      url: text("url", "Address of the Podman service to use (CONTAINER_HOST)", defaultOf(defaults.url)),
      host: text("host", "As --url, for Docker's command lines", { short: "H", ...hidden }),
      config: text("config", "Directory of the authentication file", directory),
      context: text("context", "Docker's name for a connection", hidden),
      identity: text("identity", "Key file for ssh (CONTAINER_SSHKEY)", file),
      tlsCert: text("tls-cert", "PEM file with the client's TLS certificate", file),
      tlsKey: text("tls-key", "PEM file with the key of the client's TLS certificate", file),
      tlsCa: text("tls-ca", "PEM file with the TLS certificate authority", file),
      out: text("out", "Write standard output to this file", file),
      noout: bool("noout", "Discard standard output", hidden),
      remote: bool("remote", "Use a remote Podman service", { short: "r", hidden: connected }),
      modules: list("module", "Load a containers.conf(5) module"),
      debug: bool("debug", "As --log-level=debug", { short: "D", ...hidden }),
      version: bool("version", "Show the version", { short: "v" }),
    },
    persistent: persistentFlags,
  };
}

const defaultOf = (value: string): { defaultText?: string } => (value === "" ? {} : { defaultText: `"${value}"` });

const persistentFlags = {
  dbBackend: text("db-backend", "Database of the state", hidden),
  cgroupManager: text("cgroup-manager", 'Manager of cgroups ("cgroupfs"|"systemd")', { completion: ["cgroupfs", "systemd"] }),
  cpuProfile: text("cpu-profile", "Write a CPU profile to this file", { ...hidden, ...file }),
  memoryProfile: text("memory-profile", "Write a memory profile to this file", { ...hidden, ...file }),
  conmon: text("conmon", "Path of conmon", file),
  networkCmdPath: text("network-cmd-path", "Path of the program that sets up rootless networks", file),
  networkConfigDir: text("network-config-dir", "Directory of the network definitions", { ...directory, aliases: ["cni-config-dir"] }),
  defaultMountsFile: text("default-mounts-file", "Path of mounts.conf", { ...hidden, ...file }),
  eventsBackend: text("events-backend", 'Where events are kept ("file"|"journald"|"none")', { completion: ["file", "journald", "none"] }),
  hooksDirs: list("hooks-dir", "Directory of OCI hooks", { ...directory }),
  cdiSpecDirs: list("cdi-spec-dir", "Directory of CDI device descriptions", { ...directory }),
  maxWorkers: flag("int", "max-workers", "How many operations may run at a time", hidden),
  namespace: text("namespace", "Separate view of containers and pods", hidden),
  networkBackend: text("network-backend", "Network backend", hidden),
  root: text("root", "Directory of images, containers and volumes", directory),
  registriesConf: text("registries-conf", "Path of registries.conf", { ...hidden, ...file }),
  runroot: text("runroot", "Directory of the state that does not outlive a reboot", directory),
  imagestore: text("imagestore", "Directory of images, apart from the one of containers (containers-storage.conf(5))", directory),
  transientStore: bool("transient-store", "Keep containers only until the next boot"),
  pullOptions: list("pull-option", "Option of image pulls", hidden),
  runtime: text("runtime", "Name or path of the OCI runtime", { ...file, defaultText: '"crun"' }),
  storageDriver: text("storage-driver", "Storage driver of images and containers"),
  tmpdir: text("tmpdir", "Directory of the engine's own run-time state", directory),
  trace: bool("trace", "Tracing output", hidden),
  volumepath: text("volumepath", "Directory of volumes", directory),
  storageOpts: list("storage-opt", "Option of the storage driver"),
  help: bool("help", "Help for podman"),
  logLevel: text("log-level", `Show messages of this level and above (${logLevels.join(", ")})`, { default: "warn", completion: logLevels }),
  runtimeFlags: list("runtime-flag", "Global flag for the OCI runtime"),
  syslog: bool("syslog", "Also send messages to syslog"),
};

/** Where the environment points to a remote service, and what that means for the defaults of --url and --connection. */
export function remoteDefaults(env: Readonly<Record<string, string | undefined>>): RemoteDefaults {
  const connection = env.CONTAINER_CONNECTION ?? "";
  const host = env.CONTAINER_HOST ?? "";
  const uid = process.getuid?.() ?? 0;
  const own = uid === 0 ? "/run" : env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`;
  return { url: host === "" ? `unix://${own}/podman/podman.sock` : host, connection, connected: host !== "" || connection !== "" };
}

/** GlobalOptions from the parsed root flags and the environment. @throws invalid-argument/usage for contradictions */
export function globalOptions(parsed: ParsedFlags, env: Readonly<Record<string, string | undefined>>, remotePersonality: boolean): GlobalOptions {
  const values = parsed.values;
  const string = (key: string): string | undefined => (typeof values[key] === "string" && values[key] !== "" ? values[key] : undefined);
  const strings = (key: string): readonly string[] => (Array.isArray(values[key]) ? values[key].map(String) : []);
  if (parsed.changed.has("connection") && parsed.changed.has("context")) {
    throw usageError("read cli flags: use of --connection and --context at the same time is not allowed");
  }
  const context = string("context");
  const typedConnection = string("connection") ?? (context === "default" ? undefined : context);
  const typedUrl = string("url") ?? string("host");
  const typed = typedConnection !== undefined || typedUrl !== undefined;
  const connection = typed ? typedConnection : nonEmpty(env.CONTAINER_CONNECTION);
  const url = typedConnection === undefined ? typedUrl ?? (connection === undefined ? nonEmpty(env.CONTAINER_HOST) : undefined) : undefined;
  const remote = remotePersonality || values.remote === true || (values.remote === undefined && (connection ?? url) !== undefined);
  return defined({
    root: string("root"), runroot: string("runroot"), tmpdir: string("tmpdir"), imagestore: string("imagestore"),
    storageDriver: string("storageDriver"), storageOpts: strings("storageOpts"), pullOptions: strings("pullOptions"), cgroupManager: string("cgroupManager"),
    conmon: string("conmon"), runtime: string("runtime"), runtimeFlags: strings("runtimeFlags"),
    networkCmdPath: string("networkCmdPath"), networkConfigDir: string("networkConfigDir"), volumePath: string("volumepath"),
    hooksDirs: strings("hooksDirs"), eventsBackend: string("eventsBackend"), cdiSpecDirs: strings("cdiSpecDirs"),
    modules: strings("modules"), logLevel: logLevel(parsed), remote, url, connection,
    identity: string("identity") ?? nonEmpty(env.CONTAINER_SSHKEY), noout: values.noout === true, out: string("out"),
    transientStore: values.transientStore === true, syslog: values.syslog === true, defaultMountsFile: string("defaultMountsFile"), ssh: string("ssh"),
  }) as unknown as GlobalOptions;
}

const nonEmpty = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** The environment with what --config and --registries-conf say in it, as Podman passes them on. */
export function environmentOf(parsed: ParsedFlags, env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  const { config, registriesConf } = parsed.values;
  return {
    ...env,
    ...(typeof config === "string" && config !== "" ? { DOCKER_CONFIG: config } : {}),
    ...(typeof registriesConf === "string" && registriesConf !== "" ? { CONTAINERS_REGISTRIES_CONF: registriesConf } : {}),
  };
}

function defined(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function logLevel(parsed: ParsedFlags): string {
  const level = String(parsed.values.logLevel).toLowerCase();
  return parsed.values.debug === true ? "debug" : level;
}

/** Podman refuses these before anything else, without the word Error and with status 1. */
export function logLevelProblem(parsed: ParsedFlags): string | undefined {
  const level = String(parsed.values.logLevel);
  if (parsed.values.debug === true && level !== "warn") return "Setting --log-level and --debug is not allowed";
  if (logLevels.some((known) => known === level.toLowerCase())) return undefined;
  return `Log Level "${level}" is not supported, choose from: ${logLevels.join(", ")}`;
}
