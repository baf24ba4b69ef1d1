/** What a new container takes from the machine and its configuration: host name, log, limits, id maps. */
import { join } from "node:path";
import { hostname } from "node:os";
import { EngineError } from "../base/errors.ts";
import { shortId } from "../base/ids.ts";
import type { ContainerCreate, Ulimit } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import type { ContainerConfig, ResolvedNetwork } from "./record.ts";

/** Given, else the host's or the joined container's, else the name or the short id. */
export function resolveHostname(context: EngineContext, create: ContainerCreate, id: string, name: string, network: ResolvedNetwork): string {
  if (create.hostname !== undefined && create.hostname !== "") return create.hostname;
  const uts = create.namespaces?.uts;
  if ((uts?.mode ?? context.config.containers.utsns) === "host") return hostname();
  const joined = uts?.mode === "container" ? uts.value : network.mode === "container" && uts === undefined ? network.value : undefined;
  if (joined !== undefined) return context.containers().resolve(joined).config.hostname;
  if (network.mode === "host") return hostname();
  return context.config.containers.containerNameAsHostname ? name.replace(/[^a-zA-Z0-9_.-]/g, "") : shortId(id);
}

const drivers: ReadonlySet<string> = new Set(["k8s-file", "json-file", "journald", "none", "passthrough", "passthrough-tty"]);

/** @throws invalid-argument for an unknown driver */
export function resolveLog(context: EngineContext, create: ContainerCreate, staticDir: string): Pick<ContainerConfig, "logDriver" | "logPath"> {
  const asked = create.log?.driver ?? context.config.containers.logDriver;
  const logDriver = asked === "" ? "k8s-file" : asked;
  if (!drivers.has(logDriver)) throw new EngineError("invalid-argument", `running container create option: invalid log driver: invalid argument`);
  const hasFile = logDriver === "k8s-file" || logDriver === "json-file";
  return { logDriver, logPath: create.log?.path ?? (hasFile ? join(context.config.containers.logPath === undefined || context.config.containers.logPath === "" ? staticDir : join(context.config.containers.logPath, "ctr"), "ctr.log") : "") };
}

/** Asked for over configured; a configured one is clamped when the specification is made. */
export function resolveUlimits(context: EngineContext, create: ContainerCreate): readonly Ulimit[] {
  const asked = create.resources?.ulimits ?? [];
  // One `host` among them: every limit is the caller's own.
  if (asked.some(({ name }) => name === "host")) return [{ name: "host", soft: -1, hard: -1 }];
  const configured = context.config.containers.defaultUlimits.map(parseUlimit).filter(({ name }) => !asked.some((one) => one.name === name));
  return [...configured, ...asked];
}

/** `nofile=1024:2048`. @throws invalid-argument */
function parseUlimit(text: string): Ulimit {
  const [name = "", value = ""] = text.split("=");
  const [soft = "", hard = soft] = value.split(":");
  if (name === "" || !/^-?\d+$/.test(soft) || !/^-?\d+$/.test(hard)) throw new EngineError("invalid-argument", `ulimit option "${text}" requires name=SOFT:HARD, failed to be parsed`);
  return { name: name.toLowerCase().replace(/^rlimit_/, ""), soft: Number(soft), hard: Number(hard) };
}
