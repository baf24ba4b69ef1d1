import type { InputOf } from "../contract/kit.ts";
import type { secret } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { changeSecretData, checkDriver, fileDriverDirectory, lockSecrets, readTable, writeTable } from "./file.ts";
import { resolveSecret } from "./resolve.ts";

/** The row goes before the data. @throws not-found/no-such-secret */
export async function remove(context: EngineContext, { ref }: InputOf<typeof secret.remove.input>): Promise<void> {
  using _lock = await lockSecrets(context);
  const found = resolveSecret(context, ref);
  checkDriver(found.driver);
  writeTable(context, Object.values(readTable(context).secrets).filter(({ id }) => id !== found.id));
  await changeSecretData(found.driverOptions?.["path"] ?? fileDriverDirectory(context), found.id, undefined);
  await context.emit({ type: "secret", status: "remove", id: found.id, name: found.name });
}
