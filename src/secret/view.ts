/** Reading secrets: takes no lock. */
import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { InspectSecretReport, secret } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { readSecretData, readTable, type StoredSecret } from "./file.ts";
import { resolveSecret } from "./resolve.ts";

const report = ({ id, name, createdAt, updatedAt, driver, driverOptions, labels }: StoredSecret): InspectSecretReport => ({
  ID: id, CreatedAt: createdAt, UpdatedAt: updatedAt, Spec: { Name: name, Driver: { Name: driver, Options: driverOptions ?? {} }, Labels: labels ?? {} },
});

/** By name. @throws invalid-argument for an unknown filter */
export async function list(context: EngineContext, { filters = {} }: InputOf<typeof secret.list.input>): Promise<readonly InspectSecretReport[]> {
  const unknown = Object.keys(filters).find((key) => key !== "name" && key !== "id");
  if (unknown !== undefined) throw new EngineError("invalid-argument", `invalid filter "${unknown}"`);
  const { name: names, id: ids } = filters;
  const matches = ({ name, id }: StoredSecret): boolean =>
    (names === undefined || names.some((pattern) => name.includes(pattern))) && (ids === undefined || ids.some((prefix) => id.startsWith(prefix)));
  return Object.values(readTable(context).secrets).filter(matches).toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(report);
}

/** @throws not-found/no-such-secret */
export async function inspect(context: EngineContext, { ref, showSecret }: InputOf<typeof secret.inspect.input>): Promise<InspectSecretReport> {
  const found = resolveSecret(context, ref);
  return { ...report(found), ...(showSecret === true ? { SecretData: readSecretData(context, found).toString("utf8") } : {}) };
}

/** @throws not-found/no-such-secret when there is none */
export async function exists(context: EngineContext, { ref }: InputOf<typeof secret.exists.input>): Promise<void> {
  resolveSecret(context, ref);
}
