/** Flags of `run`, `create` and `update` about health checks. */
import type { Flags } from "../kit/types.ts";

export const healthFlags = {
  healthCmd: { kind: "string", name: "health-cmd", doc: "Command that tells whether the container is healthy; none for no check" },
  healthInterval: { kind: "string", name: "health-interval", default: "30s", doc: "Time between checks" },
  healthLogDestination: { kind: "string", name: "health-log-destination", default: "local", doc: "Where results are kept: a directory, local or events_logger" },
  healthMaxLogCount: { kind: "uint", name: "health-max-log-count", default: 5, doc: "How many results to keep; 0 for all" },
  healthMaxLogSize: { kind: "uint", name: "health-max-log-size", default: 500, doc: "Characters to keep of each result; 0 for all" },
  healthOnFailure: { kind: "string", name: "health-on-failure", default: "none", doc: "What to do with an unhealthy container", completion: ["none", "kill", "restart", "stop"] },
  healthRetries: { kind: "uint", name: "health-retries", default: 3, doc: "Failures in a row that make it unhealthy" },
  healthStartPeriod: { kind: "string", name: "health-start-period", default: "0s", doc: "Time at the start in which failures do not count" },
  healthStartupCmd: { kind: "string", name: "health-startup-cmd", doc: "Command that tells whether the container has started" },
  healthStartupInterval: { kind: "string", name: "health-startup-interval", default: "30s", doc: "Time between start-up checks" },
  healthStartupRetries: { kind: "uint", name: "health-startup-retries", default: 0, doc: "Failed start-up checks before a restart" },
  healthStartupSuccess: { kind: "uint", name: "health-startup-success", default: 0, doc: "Passed start-up checks before the regular ones begin" },
  healthStartupTimeout: { kind: "string", name: "health-startup-timeout", default: "30s", doc: "Time limit of a start-up check" },
  healthTimeout: { kind: "string", name: "health-timeout", default: "30s", doc: "Time limit of a check" },
} as const satisfies Flags;
