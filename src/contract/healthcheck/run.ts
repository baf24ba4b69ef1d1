import { defineOperation, output, text } from "../kit.ts";

/** One run of a check. `Start` and `End` are RFC 3339. */
export interface HealthLogEntry { readonly Start: string; readonly End: string; readonly ExitCode: number; readonly Output: string }

/** What one run found. `Status`: `healthy`, `unhealthy`, `starting` or `stopped`. */
export interface HealthReport {
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log: readonly HealthLogEntry[] | null;
}

/** Runs the container's check once, and what --health-on-failure says when that makes it unhealthy. */
export const run = defineOperation({
  name: "healthcheck.run",
  summary: "Run the health check of a container",
  input: { ref: text("Name or id of the container", { completion: "container" }) },
  output: output<HealthReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: { method: "GET", path: "/containers/{ref}/healthcheck" },
});
