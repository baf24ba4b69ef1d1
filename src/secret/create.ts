import { EngineError, isEngineError, within } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { UploadOptions, InputOf } from "../contract/kit.ts";
import type { secret, SecretCreateReport } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { openDriver, type DriverOptions } from "./driver.ts";
import { fileDriverDirectory, lockSecrets, readTable, writeTable, type StoredSecret } from "./file.ts";
import { badSize, readSecretStream } from "./size.ts";

const idLength = 25;
const maxNameLength = 253;

/** Keeps the body under a name. The data are written before the row: a kill between leaves data that no name leads to. @throws conflict/name-in-use, invalid-argument */
export async function create(context: EngineContext, input: InputOf<typeof secret.create.input>, { body }: UploadOptions): Promise<SecretCreateReport> {
  const { name, driver = context.config.secrets.driver } = input;
  if (name === "" || name.length > maxNameLength || /[,/=\0]/.test(name)) {
    throw new EngineError("invalid-argument", `secret name ${JSON.stringify(name)} can not include '=', '/', ',', or the NULL ('\\0') and be between 1 and 253 characters: invalid secret name`);
  }
  if (input.replace === true && input.ignore === true) throw new EngineError("invalid-argument", "ignoreIfExists and replace cannot be used together");
  const options = optionsOf(context, driver, input.driverOptions);
  const store = await openDriver(context, driver, options);
  const data = await readSecretStream(body);
  if (data.length === 0) throw badSize();
  using _lock = await lockSecrets(context);
  const others = Object.values(readTable(context).secrets);
  const old = others.find((one) => one.name === name);
  if (old !== undefined && input.ignore === true) return { ID: old.id };
  if (old !== undefined && input.replace !== true) throw new EngineError("conflict", `${name}: secret name in use`, { reason: "name-in-use" });
  const made = describe(input, driver, options, old?.createdAt);
  try { await store.store(made.id, data); } catch (error) { throw within(`creating secret ${name}`, error); }
  writeTable(context, [...others.filter((one) => one !== old), made]);
  if (old !== undefined) await forget(context, old);
  await context.emit({ type: "secret", status: "create", id: made.id, name });
  return { ID: made.id };
}

/** Configured options are for the configured driver, unless others were given. */
function optionsOf(context: EngineContext, driver: string, given: DriverOptions = {}): DriverOptions {
  const { secrets } = context.config;
  const options = Object.keys(given).length > 0 ? given : driver === secrets.driver ? secrets.options : {};
  return driver === "file" ? { path: fileDriverDirectory(context), ...options } : options;
}

function describe(input: InputOf<typeof secret.create.input>, driver: string, driverOptions: DriverOptions, createdAt: string | undefined): StoredSecret {
  const now = new Date().toISOString();
  return {
    name: input.name, id: newId().slice(0, idLength), ...(input.labels === undefined || Object.keys(input.labels).length === 0 ? {} : { labels: input.labels }),
    metadata: {}, createdAt: createdAt ?? now, updatedAt: now, driver, driverOptions,
  };
}

/** The data of a secret that was replaced; that they are gone already is what was wanted. */
async function forget(context: EngineContext, { id, driver, driverOptions }: StoredSecret): Promise<void> {
  try { await (await openDriver(context, driver, driverOptions ?? {})).remove(id); } catch (error) {
    if (!isEngineError(error, "no-such-secret")) throw within(`deleting driver secret ${id}`, error);
  }
}
