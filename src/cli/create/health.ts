/** Health checks. */
import { parseHealthCommand, parseHealthTime } from "../../formats/create/process.ts";
import type { HealthCreate } from "../../contract/types/container-create.ts";
import type { ValuesOf } from "../kit/types.ts";
import type { healthFlags } from "./flags-health.ts";
import { dropUndefined, usage, type FlagContext } from "./index.ts";

type HealthValues = ValuesOf<typeof healthFlags> & { readonly noHealthcheck: boolean };

export function healthPart(context: Pick<FlagContext, "changed">, flags: HealthValues): HealthCreate | undefined {
  if (flags.noHealthcheck) return disabled(flags);
  const given = <T>(name: string, value: T): T | undefined => context.changed(name) ? value : undefined;
  const part = dropUndefined<HealthCreate>({
    test: flags.healthCmd === undefined ? undefined : parseHealthCommand(flags.healthCmd),
    intervalNanos: time(context, "interval", flags.healthInterval), timeoutNanos: time(context, "timeout", flags.healthTimeout),
    startPeriodNanos: time(context, "start-period", flags.healthStartPeriod), retries: given("health-retries", flags.healthRetries),
    onFailure: context.changed("health-on-failure") ? onFailure(flags.healthOnFailure) : undefined,
    logDestination: given("health-log-destination", flags.healthLogDestination),
    maxLogCount: given("health-max-log-count", flags.healthMaxLogCount), maxLogSize: given("health-max-log-size", flags.healthMaxLogSize),
    startup: startup(flags),
    // Turned off, but with times: Podman keeps both.
    ...(flags.healthCmd?.toLowerCase() === "none" ? { intervalNanos: parseHealthTime("interval", flags.healthInterval), timeoutNanos: parseHealthTime("timeout", flags.healthTimeout), retries: flags.healthRetries } : {}),
  });
  if (part.startup !== undefined && part.test === undefined) throw usage("cannot set a startup healthcheck when there is no regular healthcheck: invalid argument");
  if (part.retries === 0) throw usage("healthcheck-retries must be greater than 0");
  return Object.keys(part).length === 0 ? undefined : part;
}

function disabled(flags: HealthValues): HealthCreate {
  if (flags.healthCmd !== undefined) throw usage("cannot specify both --no-healthcheck and --health-cmd");
  if (flags.healthStartupCmd !== undefined) throw usage("cannot specify both --no-healthcheck and --health-startup-cmd");
  return { test: ["NONE"] };
}

function time(context: Pick<FlagContext, "changed">, name: "interval" | "timeout" | "start-period", text: string): number | undefined {
  return context.changed(`health-${name}`) ? parseHealthTime(name, text) : undefined;
}

function startup(flags: HealthValues): HealthCreate["startup"] {
  if (flags.healthStartupCmd === undefined) return undefined;
  return {
    test: parseHealthCommand(flags.healthStartupCmd), intervalNanos: parseHealthTime("interval", flags.healthStartupInterval),
    timeoutNanos: parseHealthTime("timeout", flags.healthStartupTimeout), retries: flags.healthStartupRetries, successes: flags.healthStartupSuccess,
  };
}

/** For `update`: what is given of the start-up check, without a command where that stays as it is. */
export function startupChange({ changed }: Pick<FlagContext, "changed">, flags: ValuesOf<typeof healthFlags>): HealthCreate["startup"] {
  const names = ["cmd", "interval", "retries", "success", "timeout"].filter((name) => changed(`health-startup-${name}`));
  if (names.length === 0) return undefined;
  return dropUndefined<NonNullable<HealthCreate["startup"]>>({
    test: flags.healthStartupCmd === undefined ? [] : parseHealthCommand(flags.healthStartupCmd),
    intervalNanos: names.includes("interval") ? parseHealthTime("interval", flags.healthStartupInterval) : undefined,
    timeoutNanos: names.includes("timeout") ? parseHealthTime("timeout", flags.healthStartupTimeout) : undefined,
    retries: names.includes("retries") ? flags.healthStartupRetries : undefined, successes: names.includes("success") ? flags.healthStartupSuccess : undefined,
  });
}

function onFailure(text: string): "none" | "kill" | "restart" | "stop" {
  if (text === "none" || text === "kill" || text === "restart" || text === "stop") return text;
  throw usage(`invalid on-failure action "${text}" for health check: supported actions are none,kill,restart,stop`);
}
