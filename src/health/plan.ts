/** What the clock of one container's checks is started with (procs/healthcheck.ts). */
export interface HealthPlan {
  readonly id: string;
  /** The container's first process. */
  readonly pid: number;
  /** Between the end of a check and the start of the next. */
  readonly intervalMs: number;
  readonly command: readonly string[];
}
