/** The OCI `process` of an exec session: the container's own, with what `podman exec` changes. */
import { EngineError } from "../../base/errors.ts";
import { capabilitiesFor, contextOf, umaskOf, userDatabase } from "./generate.ts";
import type { SpecInput } from "./input.ts";
import { withRoot } from "./rootfs.ts";
import type { Spec, SpecProcess } from "./types.ts";
import { resolveAdditionalGroups, resolveUser, type ResolvedUser, type UserDatabase } from "./users.ts";

export interface ExecProcessRequest {
  readonly input: Pick<SpecInput, "record" | "config" | "rootfs" | "mounts" | "files" | "namespaces" | "secretEnv" | "host">;
  /** The container's config.json, as it was started. */
  readonly spec: Spec;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly terminal: boolean;
  readonly privileged: boolean;
  /** Empty: the container's user. */
  readonly user: string;
  readonly workdir?: string;
  readonly consoleSize?: { readonly height: number; readonly width: number };
}

/** @throws EngineError with Podman's sentences for unknown users */
export function execProcess(request: ExecProcessRequest): SpecProcess {
  const { input, spec } = request;
  const context = contextOf(input);
  const { config, id } = input.record;
  const userSpec = request.user === "" ? config.user : request.user;
  const { user, groups } = withRoot(input.rootfs, (rootFd) => {
    const database = userDatabase(rootFd, input);
    const found = resolveUser(userSpec, database);
    return { user: found, groups: groupsOf(found, context.create.groupAdd ?? [], database, id) };
  });
  const { terminal: _, ...base } = spec.process;
  return {
    ...base,
    ...(request.terminal ? { terminal: true } : {}),
    ...(request.consoleSize === undefined ? {} : { consoleSize: { ...request.consoleSize } }),
    args: [...request.command],
    env: environment(base.env, { ...request.env, ...input.secretEnv }, user),
    cwd: request.workdir ?? base.cwd,
    user: { uid: user.uid, gid: user.gid, umask: umaskOf(context), additionalGids: groups },
    capabilities: capabilities(request, user, userSpec, context.host.capabilities),
  };
}

/** Sorted, always with the primary group. */
function groupsOf(user: ResolvedUser, added: readonly string[], { groups }: UserDatabase, id: string): number[] {
  const names = added.filter((name) => name !== "keep-groups");
  try {
    return [...new Set([user.gid, ...user.supplementary, ...resolveAdditionalGroups(names, groups)])].toSorted((a, b) => a - b);
  } catch (error) {
    throw new EngineError("invalid-argument", `looking up supplemental groups for container ${id}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The session's variables win; HOME is the user's when the container does not set one. */
function environment(base: readonly string[], added: Readonly<Record<string, string>>, user: ResolvedUser): string[] {
  const kept = base.filter((line) => !Object.hasOwn(added, line.split("=")[0] ?? ""));
  const lines = [...kept, ...Object.entries(added).map(([name, value]) => `${name}=${value}`)];
  return lines.some((line) => line.startsWith("HOME=")) ? lines : [...lines, `HOME=${user.home}`];
}

/** Root has the container's bounding set; the container's own user what the container has; anybody else nothing. */
function capabilities({ input, spec, privileged }: ExecProcessRequest, user: ResolvedUser, userSpec: string, all: readonly string[]): NonNullable<SpecProcess["capabilities"]> {
  const own = spec.process.capabilities ?? capabilitiesFor(contextOf(input), input.record.config.user, false);
  const bounding = privileged ? [...all] : own.bounding;
  if (user.uid === 0) return { bounding, effective: bounding, permitted: bounding, inheritable: [], ambient: [] };
  const effective = userSpec === input.record.config.user ? own.effective : [];
  return { bounding, effective, permitted: effective, inheritable: effective, ambient: effective };
}
