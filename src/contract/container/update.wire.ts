/** What `update` changes ↔ Podman's body of `POST /libpod/containers/{name}/update`: OCI limits at the top, the health check in words. Pure. */
import { EngineError } from "../../base/errors.ts";
import { parseDuration } from "../../formats/create/size.ts";
import type { DeviceRate, HealthCreate, ResourcesCreate } from "../types/container-create.ts";
import { count, list, map, part } from "./spec-generator/absent.ts";
import { limitsFromWire, limitsToWire, ulimitFromWire, ulimitToWire, type WireUlimit } from "./spec-generator/resources.ts";
import type { Maybe, WireResources } from "./spec-generator/types.ts";
import type { ContainerUpdate } from "./update.ts";

type Rates = Maybe<readonly { readonly Path: string; readonly Rate: number }[]>;
export interface WireUpdate extends WireResources {
  readonly BlkIOWeightDevice?: Maybe<readonly { readonly Path: string; readonly Weight: number }[]>;
  readonly DeviceReadBPs?: Rates; readonly DeviceWriteBPs?: Rates; readonly DeviceReadIOPs?: Rates; readonly DeviceWriteIOPs?: Rates;
  readonly r_limits?: Maybe<readonly WireUlimit[]>;
  readonly Env?: Maybe<readonly string[]>;
  readonly UnsetEnv?: Maybe<readonly string[]>;
  readonly no_healthcheck?: Maybe<boolean>;
  readonly health_cmd?: Maybe<string>; readonly health_interval?: Maybe<string>; readonly health_timeout?: Maybe<string>; readonly health_start_period?: Maybe<string>; readonly health_retries?: Maybe<number>;
  readonly health_on_failure?: Maybe<string>; readonly health_log_destination?: Maybe<string>; readonly health_max_log_size?: Maybe<number>; readonly health_max_log_count?: Maybe<number>;
  readonly health_startup_cmd?: Maybe<string>; readonly health_startup_interval?: Maybe<string>; readonly health_startup_timeout?: Maybe<string>; readonly health_startup_retries?: Maybe<number>; readonly health_startup_success?: Maybe<number>;
}

/** @throws invalid-argument for durations and commands that are none */
export function updateFromWire(wire: WireUpdate): ContainerUpdate {
  if (typeof wire !== "object" || Array.isArray(wire)) throw new EngineError("invalid-argument", "decode(): the body is not an update");
  const env = list(wire.Env)?.map((pair) => [pair.split("=", 1)[0] ?? "", pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : ""]);
  return part<ContainerUpdate>({
    resources: part<ResourcesCreate>({
      ...limitsFromWire(wire), unified: map(wire.unified), ulimits: list(wire.r_limits)?.map(ulimitFromWire),
      blkioWeightDevice: list(wire.BlkIOWeightDevice)?.map(({ Path, Weight }) => ({ path: Path, weight: Weight })),
      deviceReadBps: ratesFromWire(wire.DeviceReadBPs), deviceWriteBps: ratesFromWire(wire.DeviceWriteBPs), deviceReadIops: ratesFromWire(wire.DeviceReadIOPs), deviceWriteIops: ratesFromWire(wire.DeviceWriteIOPs),
    }),
    health: healthFromWire(wire), noHealthcheck: wire.no_healthcheck === true ? true : undefined,
    env: env === undefined ? undefined : Object.fromEntries(env) as Record<string, string>, unsetEnv: list(wire.UnsetEnv),
  }) ?? {};
}

const ratesFromWire = (wire: Rates): readonly DeviceRate[] | undefined => list(wire)?.map(({ Path, Rate }) => ({ path: Path, rate: Rate }));
const ratesToWire = (rates: readonly DeviceRate[] | undefined): Rates => rates?.map(({ path, rate }) => ({ Path: path, Rate: rate }));

const nanos = (text: Maybe<string>): number | undefined => (text === undefined || text === null || text === "" ? undefined : parseDuration(text));
const duration = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${value}ns`);

/** A JSON list is a command with arguments, other text is for a shell. */
function command(text: Maybe<string>): readonly string[] | undefined {
  if (text === undefined || text === null || text === "") return undefined;
  if (!text.startsWith("[")) return text === "none" ? ["NONE"] : ["CMD-SHELL", text];
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word): word is string => typeof word === "string")) return ["NONE", "CMD", "CMD-SHELL"].includes(words[0] ?? "") ? words : ["CMD", ...words];
  } catch { /* no list after all */ }
  return ["CMD-SHELL", text];
}

function healthFromWire(wire: WireUpdate): HealthCreate | undefined {
  const startup = command(wire.health_startup_cmd);
  return part<HealthCreate>({
    test: command(wire.health_cmd), intervalNanos: nanos(wire.health_interval), timeoutNanos: nanos(wire.health_timeout), startPeriodNanos: nanos(wire.health_start_period), retries: count(wire.health_retries),
    onFailure: (wire.health_on_failure ?? undefined) as HealthCreate["onFailure"], logDestination: wire.health_log_destination ?? undefined, maxLogSize: wire.health_max_log_size ?? undefined, maxLogCount: wire.health_max_log_count ?? undefined,
    startup: startup === undefined ? undefined : part<NonNullable<HealthCreate["startup"]>>({
      test: startup, intervalNanos: nanos(wire.health_startup_interval), timeoutNanos: nanos(wire.health_startup_timeout), retries: count(wire.health_startup_retries), successes: count(wire.health_startup_success),
    }),
  });
}

export function updateToWire({ resources = {}, health, noHealthcheck, env, unsetEnv }: ContainerUpdate = {}): WireUpdate {
  return part<WireUpdate>({
    ...limitsToWire(resources), unified: resources.unified, r_limits: resources.ulimits?.map(ulimitToWire),
    BlkIOWeightDevice: resources.blkioWeightDevice?.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    DeviceReadBPs: ratesToWire(resources.deviceReadBps), DeviceWriteBPs: ratesToWire(resources.deviceWriteBps), DeviceReadIOPs: ratesToWire(resources.deviceReadIops), DeviceWriteIOPs: ratesToWire(resources.deviceWriteIops),
    Env: env === undefined ? undefined : Object.entries(env).map(([name, value]) => `${name}=${value}`), UnsetEnv: unsetEnv, no_healthcheck: noHealthcheck,
    health_cmd: health?.test === undefined ? undefined : JSON.stringify(health.test), health_interval: duration(health?.intervalNanos), health_timeout: duration(health?.timeoutNanos),
    health_start_period: duration(health?.startPeriodNanos), health_retries: health?.retries, health_on_failure: health?.onFailure, health_log_destination: health?.logDestination,
    health_max_log_size: health?.maxLogSize, health_max_log_count: health?.maxLogCount,
    health_startup_cmd: health?.startup === undefined ? undefined : JSON.stringify(health.startup.test), health_startup_interval: duration(health?.startup?.intervalNanos),
    health_startup_timeout: duration(health?.startup?.timeoutNanos), health_startup_retries: health?.startup?.retries, health_startup_success: health?.startup?.successes,
  }) ?? {};
}
