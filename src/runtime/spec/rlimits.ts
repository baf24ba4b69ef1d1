/** Resource limits of the first process. */
import type { Ulimit } from "../../contract/types/container-create.ts";
import type { HostFacts } from "./input.ts";
import type { SpecProcess } from "./types.ts";

/** Podman's default for open files and processes. */
const defaultLimit = 1_048_576;
/** RLIM_INFINITY does not fit a JSON number exactly; runtimes read the nearest double as 2^64-1 only when written out, so `unlimited` is kept apart. */
export const unlimited = 2 ** 64;

type SpecRlimit = NonNullable<SpecProcess["rlimits"]>[number];

/**
 * `ulimits` are the container's (asked for and from containers.conf); `asked` names those that the user wrote. Only these may
 * exceed what this process can give, and then fail; all others are lowered to it. `host` stands for none: they are inherited.
 */
export function rlimitsOf(ulimits: readonly Ulimit[], asked: ReadonlySet<string>, host: HostFacts): SpecRlimit[] {
  if (ulimits.some(({ name }) => name === "host")) return [];
  const named = ulimits.map((limit) => toSpec(limit, !asked.has(limit.name), host));
  const missing = ["nofile", "nproc"].filter((name) => !ulimits.some((limit) => limit.name === name));
  return [...named, ...missing.map((name) => toSpec({ name, soft: defaultLimit, hard: defaultLimit }, true, host))];
}

function toSpec({ name, soft, hard }: Ulimit, clamp: boolean, host: HostFacts): SpecRlimit {
  const ceiling = clamp && !host.canRaiseLimits ? infinite(host.hardLimits[name] ?? -1) : Number.POSITIVE_INFINITY;
  const value = (limit: number): number => {
    const lowered = Math.min(infinite(limit), ceiling);
    return lowered === Number.POSITIVE_INFINITY ? unlimited : lowered;
  };
  return { type: `RLIMIT_${name.toUpperCase()}`, hard: value(hard), soft: value(soft) };
}

const infinite = (limit: number): number => limit < 0 ? Number.POSITIVE_INFINITY : limit;
