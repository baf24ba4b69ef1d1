import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { ContainerUpdate, update as operation } from "../contract/container/update.ts";
import type { ContainerCreate, HealthCreate, ResourcesCreate } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import { readHostFacts } from "../runtime/spec/host.ts";
import { writeJson } from "../runtime/prepare.ts";
import type { Spec, SpecResources } from "../runtime/spec/types.ts";
import { resourcesOf } from "../runtime/spec/resources.ts";
import { rlimitsOf } from "../runtime/spec/rlimits.ts";
import { stateImproper } from "./errors.ts";
import { resolveUlimits } from "./resolve-host.ts";
import { isAlive, type ContainerConfig, type ContainerRecord } from "./record.ts";
import { emitContainer, sync } from "./sync.ts";

type Input = InputOf<typeof operation.input>;
type Policy = NonNullable<NonNullable<ContainerCreate["restart"]>["policy"]>;
const policies: readonly Policy[] = ["no", "always", "on-failure", "unless-stopped"];

/**
 * Changes limits, restart policy, health check and environment. Limits of a running container change at once, through the
 * runtime, and only then are they kept: a refused one leaves everything as it was.
 * @throws invalid-argument, conflict/container-state while it is being removed
 */
export async function update(context: EngineContext, input: Input): Promise<string> {
  const id = context.containers().resolveId(input.ref);
  using _lock = await context.lock("container", id);
  const record = await sync(context, id);
  if (record.state.status === "removing") throw stateImproper(`container ${id} is being removed, cannot update`);
  const config = changeConfig(context, record, input);
  await applyLimits(context, record, config, input.change?.resources);
  const saved = context.containers().setConfig(id, config);
  if (saved.state.status === "running" && JSON.stringify(config.health) !== JSON.stringify(record.config.health)) await renewChecks(context, saved);
  await emitContainer(context, saved, "update");
  return id;
}

function changeConfig(context: EngineContext, { config }: ContainerRecord, { restartPolicy, restartRetries, change = {} }: Input): ContainerConfig {
  const restart = restartOf(restartPolicy, restartRetries);
  const resources = mergeLimits(config.create.resources ?? {}, defined(change.resources ?? {}));
  const health = healthOf(config, change);
  const { health: _health, ...rest } = config;
  const create = {
    ...config.create, ...(restart === undefined ? {} : { restart }), ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(change.noHealthcheck === true ? { noHealthcheck: true } : {}),
  };
  return { ...rest, ...(health === undefined ? {} : { health }), env: envOf(config, change), create, ...(change.resources?.ulimits === undefined ? {} : { ulimits: resolveUlimits(context, create) }) };
}

/** `--cpus` is a quota of a period: the later of both ways to say it counts. */
function mergeLimits(before: ResourcesCreate, asked: ResourcesCreate): ResourcesCreate {
  const { cpus, cpuPeriodMicros, cpuQuotaMicros, ...rest } = before;
  const spoken = cpus === undefined ? defined({ cpuPeriodMicros, cpuQuotaMicros }) : { cpuPeriodMicros: cpuPeriodMicros ?? cpusPeriodMicros, cpuQuotaMicros: cpuQuotaMicros ?? Math.round(cpus * cpusPeriodMicros) };
  return { ...rest, ...(asked.cpus === undefined ? spoken : {}), ...asked };
}
const cpusPeriodMicros = 100_000;

function restartOf(policy: string | undefined, retries: number | undefined): ContainerCreate["restart"] {
  if (policy === undefined || policy === "") {
    if (retries !== undefined && retries > 0) throw new EngineError("invalid-argument", "must provide restart policy if updating restart retries: invalid argument");
    return undefined;
  }
  const known = policies.find((one) => one === policy);
  if (known === undefined) throw new EngineError("invalid-argument", `"${policy}" is not a valid restart policy: invalid argument`);
  if (known !== "on-failure" && retries !== undefined && retries > 0) throw new EngineError("invalid-argument", "cannot set restart policy retries unless policy is on-failure: invalid argument");
  return { policy: known, ...(retries === undefined ? {} : { maxRetries: retries }) };
}

function healthOf(config: ContainerConfig, { health, noHealthcheck }: ContainerUpdate): HealthCreate | undefined {
  if (noHealthcheck === true) return { test: ["NONE"] };
  if (health === undefined) return config.health;
  const startup = startupOf(config.health?.startup, health.startup);
  const merged = { ...config.health, ...defined(health), ...(startup === undefined ? {} : { startup }) };
  if (merged.test === undefined) throw new EngineError("invalid-argument", "healthcheck command is not set");
  return merged;
}

/** An empty command keeps the one there is. */
function startupOf(before: HealthCreate["startup"], asked: HealthCreate["startup"]): HealthCreate["startup"] {
  if (asked === undefined) return before;
  const test = asked.test.length > 0 ? asked.test : before?.test;
  if (test === undefined) throw new EngineError("invalid-argument", "startup healthcheck command is not set");
  return { ...before, ...defined(asked), test };
}

function envOf({ env }: ContainerConfig, change: ContainerUpdate): Readonly<Record<string, string>> {
  const all = { ...env, ...change.env };
  return Object.fromEntries(Object.entries(all).filter(([name]) => change.unsetEnv?.includes(name) !== true));
}

/** The checks of a running container go on with the new interval, or end. */
async function renewChecks(context: EngineContext, record: ContainerRecord): Promise<void> {
  const { endTimer, replaceTimer } = await import("../health/timer.ts");
  if (record.config.health !== undefined) return replaceTimer(context, record, record.config.health.startup !== undefined && record.state.healthStartup?.passed !== true);
  await endTimer(context, record);
  context.containers().setState(record.id, { healthTimer: undefined, health: undefined });
}

const defined = <T extends object>(value: T): Partial<T> => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>;

async function applyLimits(context: EngineContext, record: ContainerRecord, config: ContainerConfig, asked: ContainerUpdate["resources"]): Promise<void> {
  if (asked === undefined || Object.keys(defined(asked)).length === 0) return;
  const host = readHostFacts();
  const { ulimits, ...limits } = asked;
  const resources = Object.keys(defined(limits)).length === 0 ? undefined : resourcesOf(config.create.resources ?? {}, context.config.containers.pidsLimit, host.cgroupVersion);
  if (resources !== undefined && isAlive(record.state.status)) await (await context.runtime(config.ociRuntime)).update(record.id, resources);
  // Nobody changes the limits of a process that runs: they count from the next start.
  keepInBundle(config, resources, ulimits === undefined ? undefined : rlimitsOf(config.ulimits, new Set(ulimits.map(({ name }) => name)), host));
}

/** What inspect shows is the specification of the last start. */
function keepInBundle({ staticDir }: ContainerConfig, resources: SpecResources | undefined, rlimits: Spec["process"]["rlimits"] | undefined): void {
  const path = join(staticDir, "config.json");
  let text: string;
  try { text = readFileSync(path, "utf8"); } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw error;
  }
  const spec = JSON.parse(text) as Spec;
  const { devices } = spec.linux.resources ?? {};
  const linux = resources === undefined ? spec.linux : { ...spec.linux, resources: { ...resources, ...(devices === undefined ? {} : { devices }) } };
  writeJson(path, { ...spec, ...(rlimits === undefined ? {} : { process: { ...spec.process, rlimits } }), linux });
}
