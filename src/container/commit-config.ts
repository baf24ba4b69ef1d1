/** The configuration of a committed image: the base image's, the container's on top, then `--config` and `--change`. */
import { EngineError } from "../base/errors.ts";
import type { ContainerDefaults, ImageConfig } from "../contract/types/oci.ts";
import { applyChanges } from "../image/config-changes.ts";
import type { ContainerRecord } from "./record.ts";

type Draft = { -readonly [K in keyof ContainerDefaults]: ContainerDefaults[K] };

export interface CommitChanges { readonly changes?: readonly string[] | undefined; readonly config?: string | undefined; readonly includeVolumes?: boolean | undefined }

/** @throws invalid-argument for a malformed change or configuration */
export function commitDefaults(record: ContainerRecord, base: ContainerDefaults, input: CommitChanges): ContainerDefaults {
  const merged = merge(fromContainer(record, base, input.includeVolumes === true), parseOverride(input.config));
  const changed = applyChanges(input.changes ?? [], merged);
  return { ...changed, ...(changed.Env === undefined ? {} : { Env: lastOfEach(changed.Env) }) };
}

function fromContainer({ config }: ContainerRecord, base: ContainerDefaults, includeVolumes: boolean): ContainerDefaults {
  const draft: Draft = { ...base };
  draft.Entrypoint = config.entrypoint;
  draft.Cmd = config.command;
  draft.Env = lastOfEach([...base.Env ?? [], ...Object.entries(config.env).map(([name, value]) => `${name}=${value}`)]);
  const published = config.network.ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? "tcp"}`);
  draft.ExposedPorts = { ...base.ExposedPorts, ...keys([...published, ...config.expose ?? []]) };
  draft.Labels = { ...base.Labels, ...config.labels };
  if (config.user !== "") draft.User = config.user;
  const named = config.volumes.filter(({ anonymous }) => includeVolumes || anonymous).map(({ destination }) => destination);
  const others = includeVolumes ? (config.create.storage?.mounts ?? []).filter(({ type }) => type === "bind" || type === "volume").map(({ destination }) => destination) : [];
  draft.Volumes = { ...base.Volumes, ...keys([...named, ...others]) };
  draft.WorkingDir = config.workdir;
  return draft;
}

const keys = (names: readonly string[]): Record<string, object> => Object.fromEntries(names.map((name) => [name, {}]));

/** A variable set twice keeps its place and its last value. */
function lastOfEach(env: readonly string[]): readonly string[] {
  return [...new Map(env.map((entry) => [entry.split("=", 1)[0] ?? "", entry])).values()];
}

function parseOverride(text: string | undefined): ContainerDefaults {
  if (text === undefined || text.trim() === "") return {};
  let parsed: unknown;
  try { parsed = JSON.parse(text); } catch (error) { throw new EngineError("invalid-argument", "commit: the configuration to merge is not JSON", { cause: error }); }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new EngineError("invalid-argument", "commit: the configuration to merge must be a JSON object");
  return parsed;
}

/** Lists of names are united, everything else that is given replaces what was. */
function merge(base: ContainerDefaults, over: ContainerDefaults): ContainerDefaults {
  const given = Object.fromEntries(Object.entries(over).filter(([key, value]) => known.has(key) && !isEmpty(value))) as ContainerDefaults;
  return {
    ...base, ...given,
    Env: lastOfEach([...base.Env ?? [], ...given.Env ?? []]), Labels: { ...base.Labels, ...given.Labels },
    ExposedPorts: { ...base.ExposedPorts, ...given.ExposedPorts }, Volumes: { ...base.Volumes, ...given.Volumes },
  };
}
const known: ReadonlySet<string> = new Set([
  "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal", "Healthcheck", "OnBuild", "Shell",
]);

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

const ociFields = ["User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal"] as const;
const present = (defaults: ContainerDefaults, names: readonly (keyof ContainerDefaults)[]): object =>
  Object.fromEntries(names.filter((name) => !isEmpty(defaults[name])).map((name) => [name, sortedKeys(defaults[name])]));
function sortedKeys(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

export interface CommitDocument {
  readonly base: ImageConfig | undefined;
  readonly defaults: ContainerDefaults;
  readonly diffIds: readonly string[];
  readonly created: string;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** Name of the image below, for the history. */
  readonly from?: string | undefined;
  readonly squash: boolean;
}

/** OCI's configuration in the field order of its specification. */
export function ociDocument(document: CommitDocument): object {
  return { ...platformFirst(document), config: present(document.defaults, ociFields), ...tail(document) };
}

/** Docker's, with the fields OCI does not know. */
export function dockerDocument(document: CommitDocument, ids: { readonly container: string; readonly parent?: string | undefined; readonly image: string }): object {
  const { defaults, comment, created, author } = document;
  const config = {
    Hostname: "", Domainname: "", User: defaults.User ?? "", AttachStdin: false, AttachStdout: false, AttachStderr: false, ...present(defaults, ["ExposedPorts"]),
    Tty: false, OpenStdin: false, StdinOnce: false, Env: defaults.Env ?? [], Cmd: defaults.Cmd ?? null, ...present(defaults, ["Healthcheck"]), Image: ids.image,
    Volumes: isEmpty(defaults.Volumes) ? null : sortedKeys(defaults.Volumes), WorkingDir: defaults.WorkingDir ?? "", Entrypoint: isEmpty(defaults.Entrypoint) ? null : defaults.Entrypoint,
    OnBuild: isEmpty(defaults.OnBuild) ? null : defaults.OnBuild, Labels: sortedKeys(defaults.Labels ?? {}), ...present(defaults, ["StopSignal", "Shell"]),
  };
  const { architecture, os, variant } = platform(document);
  return {
    ...(ids.parent === undefined ? {} : { parent: ids.parent }), ...(isEmpty(comment) ? {} : { comment }), created, container: ids.container, container_config: config,
    ...(isEmpty(author) ? {} : { author }), config, architecture, ...(variant === undefined ? {} : { variant }), os, ...tail(document),
  };
}

function platform({ base }: CommitDocument): { readonly architecture: string; readonly os: string; readonly variant: string | undefined } {
  return { architecture: base?.architecture ?? "", os: base?.os ?? "linux", variant: base?.variant };
}

function platformFirst(document: CommitDocument): object {
  const { created, author } = document;
  const { architecture, os, variant } = platform(document);
  return { created, ...(isEmpty(author) ? {} : { author }), architecture, ...(variant === undefined ? {} : { variant }), os };
}

function tail({ base, diffIds, created, author, from, squash }: CommitDocument): object {
  const step = { created, created_by: "/bin/sh", ...(isEmpty(author) ? {} : { author }), ...(isEmpty(from) ? {} : { comment: `FROM ${from ?? ""}` }) };
  return { rootfs: { type: "layers", diff_ids: diffIds }, history: [...(squash ? [] : base?.history ?? []), step] };
}
