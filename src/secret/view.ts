/** Reading secrets: takes no lock. */
import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { InspectSecretReport, secret } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { readSecretData } from "./driver.ts";
import { readTable, type StoredSecret } from "./file.ts";
import { resolveSecret } from "./resolve.ts";

const report = ({ id, name, createdAt, updatedAt, driver, driverOptions, labels }: StoredSecret): InspectSecretReport => ({
  ID: id, CreatedAt: createdAt, UpdatedAt: updatedAt, Spec: { Name: name, Driver: { Name: driver, Options: driverOptions ?? {} }, Labels: labels ?? {} },
});

function pattern(text: string): RegExp {
  try { return new RegExp(text); } catch (error) { throw new EngineError("invalid-argument", `invalid filter value "${text}"`, { cause: error }); }
}

/** By name. @throws invalid-argument for an unknown filter */
export async function list(context: EngineContext, { filters = {} }: InputOf<typeof secret.list.input>): Promise<readonly InspectSecretReport[]> {
  const unknown = Object.keys(filters).find((key) => key !== "name" && key !== "id");
  if (unknown !== undefined) throw new EngineError("invalid-argument", `invalid filter "${unknown}"`);
  const [names, ids] = [filters["name"]?.map(pattern), filters["id"]?.map(pattern)];
  const matches = ({ name, id }: StoredSecret): boolean => (names?.some((one) => one.test(name)) ?? true) && (ids?.some((one) => one.test(id)) ?? true);
  return Object.values(readTable(context).secrets).filter(matches).toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(report);
}

/** @throws not-found/no-such-secret */
export async function inspect(context: EngineContext, { ref, showSecret }: InputOf<typeof secret.inspect.input>): Promise<InspectSecretReport> {
  const found = resolveSecret(context, ref);
  return { ...report(found), ...(showSecret === true ? { SecretData: (await readSecretData(context, found)).toString("utf8") } : {}) };
}

/** @throws not-found/no-such-secret when there is none */
export async function exists(context: EngineContext, { ref }: InputOf<typeof secret.exists.input>): Promise<void> {
  resolveSecret(context, ref);
}
