/** Takes out of answers what must differ between two programs: ids, times, places, numbers of processes. Pure. */

/** What is a side's own. */
export interface Own { readonly folder: string; readonly binary: string }

/** The side's folder becomes `{dir}`, its program `{podman}`. */
export function normaliseText(text: string, { folder, binary }: Own): string {
  return text
    .replaceAll(folder, "{dir}").replaceAll(binary, "{podman}")
    .replaceAll(/\x1b\[[0-9;]*m/g, "<colour>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<id64>").replaceAll(/\bsha256:<id64>/g, "<digest>")
    .replaceAll(/\b[0-9a-f]{25}\b/g, "<id25>")
    .replaceAll(/\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{12}\b/g, "<id12>")
    .replaceAll(/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?(?: UTC| GMT)?(?: m=[+-][\d.]+)?/g, "<time>")
    .replaceAll(/\b(?:Less than a second|About an? (?:minute|hour)|\d+ (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)) ago\b/g, "<ago>")
    .replaceAll(/\bUp (?:Less than a second|About an? (?:minute|hour)|\d+ \w+)/g, "Up <ago>")
    .replaceAll(/\/overlay\/(?:l\/[A-Z0-9]{26}|<id64>\/diff)(?=[:,])/g, "/overlay/<layer>").replaceAll(/\bl\/[A-Z0-9]{26}/g, "l/<link>")
    .replaceAll(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "<mac>")
    .replaceAll(/\bveth[0-9a-f]+\b|\bveth\d+\b/g, "<veth>")
    .replaceAll(/\bpid(=| )\d+/gi, "pid$1<pid>");
}

/** Fields whose values are numbers or words of the moment. */
const momentary = /(?:^|\.)(?:Pid|ConmonPid|CreatedAt|Created|StartedAt|FinishedAt|CheckpointedAt|RestoredAt|timeNano|time|Time|TimeNano|StartedAtTime|ExitedAt|Exited|Started|LockNumber|lockNumber|UpdatedAt|Size|SizeRw|SizeRootFs|ProcessLabel|MountLabel)$/;

/** Every leaf of a JSON value by its path, normalised; arrays keep their order. Momentary ones become their kind. */
export function leaves(value: unknown, own: Own, path = ""): ReadonlyMap<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, leafText(value, path, own)]]);
  const entries = Array.isArray(value) ? ordered(path, value).map((item, index): [string, unknown] => [`[${index}]`, item]) : Object.entries(value).map(([key, item]): [string, unknown] => [path === "" ? key : `.${key}`, item]);
  if (entries.length === 0) return new Map([[path, Array.isArray(value) ? "[]" : "{}"]]);
  return new Map(entries.flatMap(([key, item]) => [...leaves(item, own, normaliseText(`${path}${key}`, own))]));
}

/** Lists whose order is Go's of a map: another one at each call. */
const unordered = /\.(?:Env|Mounts|Tmpfs|Ulimits|CapAdd|CapDrop|EffectiveCaps|BoundingCaps)$/;
function ordered(path: string, list: readonly unknown[]): readonly unknown[] {
  return unordered.test(path) ? list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list;
}

function leafText(value: unknown, path: string, own: Own): string {
  if (momentary.test(path)) return value === null || value === 0 || value === "" ? String(value) : `<${typeof value}>`;
  return typeof value === "string" ? JSON.stringify(normaliseText(value, own)) : JSON.stringify(value) ?? "undefined";
}
