/** The results of checks on disk: Podman's healthcheck.log, one JSON object, whole at any time. */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isErrno } from "../base/errors.ts";
import type { HealthReport } from "../contract/healthcheck/run.ts";
import type { ContainerRecord } from "../container/record.ts";

/** A log beyond this was not written by us: --health-max-log-count=0 with endless output reaches it in weeks. */
const maxLogBytes = 64 * 1024 * 1024;

/** `local` and `events_logger`: in the run directory; else `<destination>/<id>-healthcheck.log`. */
export function logPathOf({ id, config }: ContainerRecord): string {
  const destination = config.health?.logDestination ?? "local";
  if (destination === "local" || destination === "events_logger" || destination === "") return join(dirname(config.runDir), "healthcheck.log");
  return join(destination, `${id}-healthcheck.log`);
}

/** Empty when there is none or it cannot be read: a damaged log never stops checks. */
export function readLog(record: ContainerRecord): HealthReport["Log"] {
  const path = logPathOf(record);
  try {
    if (statSync(path).size > maxLogBytes) return [];
    const { Log } = JSON.parse(readFileSync(path, "utf8")) as Partial<HealthReport>;
    return Array.isArray(Log) ? Log : null;
  } catch (error) {
    if (isErrno(error, "ENOENT") || error instanceof SyntaxError) return null;
    throw error;
  }
}

export function writeLog(record: ContainerRecord, report: HealthReport): void {
  const path = logPathOf(record);
  writeFileSync(`${path}.tmp`, JSON.stringify(report), { mode: 0o700 });
  renameSync(`${path}.tmp`, path);
}
