/**
 * Secrets of one container: mounted ones are copied beside it when it is made, as Podman does, so that they outlive the
 * secret; those in the environment are read at each start and are never kept.
 */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, within } from "../base/errors.ts";
import type { ContainerCreate, IdMap, SecretUse } from "../contract/types/container-create.ts";
import { hostId } from "../container/host-id.ts";
import type { ContainerRecord } from "../container/record.ts";
import type { EngineContext } from "../engine/context.ts";
import { readSecretData } from "./driver.ts";
import { resolveSecret } from "./resolve.ts";

const directoryOf = ({ config }: ContainerRecord): string => join(config.staticDir, "secrets");
const fileMode = 0o444;

/** Names and ids instead of what was typed. @throws not-found/no-such-secret */
export function resolveSecrets(context: EngineContext, create: ContainerCreate): ContainerCreate {
  if (create.secrets === undefined && create.secretEnv === undefined) return create;
  const settle = (use: SecretUse): SecretUse => {
    const { name, id } = resolveSecret(context, use.source);
    return { ...use, source: name, id };
  };
  for (const source of Object.values(create.secretEnv ?? {})) resolveSecret(context, source);
  return { ...create, ...(create.secrets === undefined ? {} : { secrets: create.secrets.map(settle) }) };
}

/** Copies the mounted ones; only their owner inside and the engine can read them. */
export async function copySecrets(context: EngineContext, record: ContainerRecord): Promise<void> {
  const { secrets = [] } = record.config.create;
  if (secrets.length === 0) return;
  mkdirSync(directoryOf(record), { recursive: true, mode: 0o755 });
  for (const use of secrets) {
    const path = join(directoryOf(record), fileOf(use));
    writeFileSync(path, await readSecretData(context, resolveSecret(context, use.source)), { mode: 0o600 });
    chownSync(path, ownerOf(record.config.uidMaps, use.uid ?? 0), ownerOf(record.config.gidMaps, use.gid ?? 0));
    chmodSync(path, use.mode ?? fileMode);
  }
}

/** One secret may be there twice, with other owners. */
const fileOf = ({ source, uid = 0, gid = 0, mode = fileMode }: SecretUse): string => `${source}-${uid}-${gid}-${mode.toString(8)}`;

function ownerOf(maps: readonly IdMap[], id: number): number {
  const host = hostId(maps, id);
  if (host === undefined) throw new EngineError("invalid-argument", `secret owner ${id} is not mapped in the container's user namespace`);
  return host;
}

/** `target`: below /run/secrets unless absolute. */
export function secretMounts(record: ContainerRecord): readonly { readonly source: string; readonly destination: string }[] {
  return (record.config.create.secrets ?? []).map((use) => {
    const target = use.target === undefined || use.target === "" ? use.source : use.target;
    return { source: join(directoryOf(record), fileOf(use)), destination: target.startsWith("/") ? target : join("/run/secrets", target) };
  });
}

/** Variables with the secrets' present values. @throws not-found/no-such-secret */
export async function secretEnvironment(context: EngineContext, { config }: ContainerRecord): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await Promise.all(Object.entries(config.create.secretEnv ?? {}).map(async ([name, source]) => {
    try { return [name, (await readSecretData(context, resolveSecret(context, source))).toString("utf8")] as const; } catch (error) { throw within(`setting secret "${source}" as variable "${name}"`, error); }
  })));
}
