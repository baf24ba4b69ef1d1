/** The OCI specification as far as inspect shows it: of the last start, or what a start would write. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import { createdAnnotations } from "../runtime/spec/annotations.ts";
import { environmentOf } from "../runtime/spec/environment.ts";
import { capabilitiesFor, contextOf, umaskOf } from "../runtime/spec/generate.ts";
import type { SpecInput } from "../runtime/spec/input.ts";
import { namespacesOf as specNamespaces } from "../runtime/spec/namespaces.ts";
import { resourcesOf } from "../runtime/spec/resources.ts";
import { rlimitsOf } from "../runtime/spec/rlimits.ts";
import type { Spec } from "../runtime/spec/types.ts";
import { namespacesOf } from "./namespaces.ts";
import type { ContainerRecord } from "./record.ts";

export type ShownSpec = Pick<Spec, "process" | "root" | "annotations" | "linux"> & { readonly started: boolean };

export function shownSpec(context: EngineContext, record: ContainerRecord): ShownSpec {
  try {
    const spec = JSON.parse(readFileSync(join(record.config.staticDir, "config.json"), "utf8")) as Spec;
    const secret = Object.keys(record.config.create.secretEnv ?? {});
    return { ...spec, process: { ...spec.process, env: spec.process.env.filter((line) => !secret.includes(line.split("=")[0] ?? "")) }, started: true };
  } catch (error) {
    if (!isErrno(error, "ENOENT") && !(error instanceof SyntaxError)) throw error;
    return { ...planned(context, record), started: false };
  }
}

/** Without a look into the root file system: no user, no mounts. */
function planned(context: EngineContext, record: ContainerRecord): Omit<ShownSpec, "started"> {
  const { config } = record;
  const { create } = config;
  const input: SpecInput = { record, config: context.config, rootfs: "", mounts: [], files: {}, namespaces: namespacesOf(context, record, new Map()), ...(create.init ?? context.config.containers.init ? { initBinary: "" } : {}) };
  const spec = contextOf(input);
  const asked = new Set((create.resources?.ulimits ?? []).map(({ name }) => name));
  return {
    process: {
      ...(config.terminal ? { terminal: true } : {}), user: { uid: 0, gid: 0, umask: umaskOf(spec) }, args: [...config.entrypoint, ...config.command], cwd: config.workdir,
      // HOME and HOSTNAME are known at the start.
      env: environmentOf({
        env: config.env, defaults: context.config.containers.env, unset: create.unsetEnv ?? [], unsetAll: create.unsetEnvAll === true, terminal: config.terminal,
        home: "/root", hostname: config.hostname, secrets: {}, extra: {}, hasImage: config.imageId !== undefined,
      }).filter((line) => !/^(HOME|HOSTNAME)=/.test(line) || config.env[line.split("=")[0] ?? ""] !== undefined),
      capabilities: capabilitiesFor(spec, config.user, spec.privileged), rlimits: rlimitsOf(config.ulimits, asked, spec.host).filter(({ type }) => isSettled(context, config.ulimits, type)),
      ...(create.security?.noNewPrivileges === true ? { noNewPrivileges: true } : {}),
      ...(create.resources?.oomScoreAdj === undefined ? {} : { oomScoreAdj: create.resources.oomScoreAdj }),
    },
    root: { path: "", ...(spec.readonlyRoot ? { readonly: true } : {}) },
    annotations: createdAnnotations(input),
    linux: { namespaces: specNamespaces(input.namespaces), ...(create.resources?.cgroups === "disabled" ? {} : { resources: resourcesOf(create.resources ?? {}, context.config.containers.pidsLimit, spec.host.cgroupVersion) }) },
  };
}

/** What a user's container gets without being told is settled by the limits at its start. */
function isSettled({ config }: EngineContext, ulimits: ContainerRecord["config"]["ulimits"], type: string): boolean {
  return !config.rootless || ulimits.some(({ name }) => type === `RLIMIT_${name.toUpperCase()}`);
}
