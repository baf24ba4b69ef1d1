/** The final process of a container: what the user said over what the image says over what is configured. */
import { statSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { parseSignal } from "../base/signals.ts";
import type { ContainerCreate, HealthCreate } from "../contract/types/container-create.ts";
import type { ContainerDefaults } from "../contract/types/oci.ts";
import type { EngineContext } from "../engine/context.ts";

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** containers.conf(5), http_proxy. */
const proxyNames = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY"];

type Env = Readonly<Record<string, string>>;

/** Podman's order: built-in, containers.conf, image, merged, host, user. */
export function resolveEnv(context: EngineContext, create: ContainerCreate, image: ContainerDefaults | undefined): Env {
  const { containers } = context.config;
  let base: Env = { PATH: defaultPath, container: "podman", ...fromLines(containers.env), ...fromLines(image?.Env ?? []) };
  if (create.terminal === true && base["TERM"] === undefined) base = { ...base, TERM: "xterm" };
  for (const [name, template] of Object.entries(create.envMerge ?? {})) base = { ...base, [name]: expand(template, base) };
  base = create.unsetEnvAll === true ? {} : without(base, create.unsetEnv ?? []);
  return { ...base, ...hostEnv(context, create), ...create.env };
}

function hostEnv(context: EngineContext, create: ContainerCreate): Env {
  const all = Object.entries(context.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  if (create.envHost ?? context.config.containers.envHost) return Object.fromEntries(all);
  if (!(create.httpProxy ?? context.config.containers.httpProxy)) return {};
  return Object.fromEntries(all.filter(([name]) => proxyNames.includes(name)));
}

function fromLines(lines: readonly string[]): Env {
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
  }));
}
function without(env: Env, names: readonly string[]): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
/** `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`. */
function expand(template: string, env: Env): string {
  return template.replace(/\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/g, (_, plain: string | undefined, braced: string | undefined, operator: string | undefined, word: string | undefined) => {
    const value = env[plain ?? braced ?? ""] ?? "";
    if (operator === "-") return value === "" ? word ?? "" : value;
    if (operator === "+") return value === "" ? "" : word ?? "";
    return value;
  });
}

export interface Command { readonly entrypoint: readonly string[]; readonly command: readonly string[] }

/** The image's command goes with the image's entrypoint only. Both may be empty: such a container can be made, and its start fails. */
export function resolveCommand(create: ContainerCreate, image: ContainerDefaults | undefined): Command {
  const entrypoint = (create.entrypoint ?? image?.Entrypoint ?? []).filter((word, index) => index > 0 || word !== "");
  const own = create.command ?? [];
  const command = own.length > 0 || create.entrypoint !== undefined ? own : image?.Cmd ?? [];
  return { entrypoint, command };
}

const initPrograms: ReadonlySet<string> = new Set(["/sbin/init", "/usr/sbin/init", "/usr/local/sbin/init"]);

/** podman-run(1), --systemd: what runs decides, unless the user does. */
export function isSystemd({ systemd = "true" }: ContainerCreate, command: readonly string[]): boolean {
  if (systemd !== "true") return systemd === "always";
  const [program = ""] = command.length > 2 && command[0] === "/bin/sh" && command[1] === "-c" ? command.slice(2) : command;
  return initPrograms.has(program) || program.slice(program.lastIndexOf("/") + 1) === "systemd";
}

const defaultStopSignal = 15;
/** What systemd takes for a request to stop: SIGRTMIN+3. */
const systemdStopSignal = 37;
/** @throws invalid-argument */
export function resolveStopSignal(create: ContainerCreate, image: ContainerDefaults | undefined, systemd = false): number {
  if (systemd && (create.stopSignal ?? "") === "") return systemdStopSignal;
  const named = create.stopSignal ?? image?.StopSignal ?? "";
  return named === "" ? defaultStopSignal : parseSignal(named);
}

const secondNanos = 1_000_000_000;

/** undefined without a health check. Podman's defaults: every 30 s, 30 s long, 3 tries. */
export function resolveHealth(create: ContainerCreate, image: ContainerDefaults | undefined): HealthCreate | undefined {
  const own = create.health;
  const given = image?.Healthcheck;
  const test = own?.test ?? given?.Test;
  if (create.noHealthcheck === true || test === undefined || test.length === 0 || test[0] === "NONE") return refuseAction(own);
  mustHaveLogs(own?.logDestination);
  return {
    ...own, test,
    intervalNanos: own?.intervalNanos ?? orElse(given?.Interval, 30 * secondNanos),
    timeoutNanos: own?.timeoutNanos ?? orElse(given?.Timeout, 30 * secondNanos),
    startPeriodNanos: own?.startPeriodNanos ?? given?.StartPeriod ?? 0,
    retries: own?.retries ?? orElse(given?.Retries, 3),
  };
}
const orElse = (value: number | undefined, fallback: number): number => (value === undefined || value === 0 ? fallback : value);

/** A destination that is no word is a folder. @throws invalid-argument */
function mustHaveLogs(destination: string | undefined): void {
  if (destination === undefined || ["", "local", "events_logger"].includes(destination)) return;
  const found = statSync(destination, { throwIfNoEntry: false });
  const problem = found === undefined ? `stat ${destination}: no such file or directory` : found.isDirectory() ? undefined : "destination must be a directory";
  if (problem !== undefined) throw new EngineError("invalid-argument", `running container create option: HealthCheck Log '${destination}' destination error: ${problem}`);
}

/** An action on failure needs something that can fail. @throws invalid-argument */
function refuseAction(own: HealthCreate | undefined): undefined {
  if (own?.onFailure !== undefined && own.onFailure !== "none") throw new EngineError("invalid-argument", `cannot set on-failure action to ${own.onFailure} without a health check`);
  return undefined;
}
