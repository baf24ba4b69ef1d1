import { within } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { secret } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { openDriver } from "./driver.ts";
import { lockSecrets, readTable, writeTable } from "./file.ts";
import { resolveSecret } from "./resolve.ts";

/** The row goes before the data. @throws not-found/no-such-secret */
export async function remove(context: EngineContext, { ref }: InputOf<typeof secret.remove.input>): Promise<void> {
  using _lock = await lockSecrets(context);
  const found = resolveSecret(context, ref);
  const driver = await openDriver(context, found.driver, found.driverOptions ?? {});
  writeTable(context, Object.values(readTable(context).secrets).filter(({ id }) => id !== found.id));
  try { await driver.remove(found.id); } catch (error) { throw within(`deleting secret ${ref}`, error); }
  await context.emit({ type: "secret", status: "remove", id: found.id, name: found.name });
}
