import { EngineError } from "../base/errors.ts";
import { newId } from "../base/ids.ts";
import type { ByteStream, UploadOptions, InputOf } from "../contract/kit.ts";
import type { secret, SecretCreateReport } from "../contract/secret/table.ts";
import type { EngineContext } from "../engine/context.ts";
import { changeSecretData, checkDriver, fileDriverDirectory, lockSecrets, readTable, writeTable, type StoredSecret } from "./file.ts";

/** Podman's limit. */
const maxSecretBytes = 512_000;
const idLength = 25;
const maxNameLength = 253;

/** Keeps the body under a name. The data are written before the row: a kill between leaves data that no name leads to. @throws conflict/name-in-use, invalid-argument */
export async function create(context: EngineContext, input: InputOf<typeof secret.create.input>, { body }: UploadOptions): Promise<SecretCreateReport> {
  const { name, driver = context.config.secrets.driver } = input;
  if (name === "" || name.length > maxNameLength || /[,/=\0]/.test(name)) {
    throw new EngineError("invalid-argument", `secret name ${JSON.stringify(name)} can not include '=', '/', ',', or the NULL ('\\0') and be between 1 and 253 characters: invalid secret name`);
  }
  if (input.replace === true && input.ignore === true) throw new EngineError("invalid-argument", "ignoreIfExists and replace cannot be used together");
  checkDriver(driver);
  const data = await readAll(body);
  using _lock = await lockSecrets(context);
  const others = Object.values(readTable(context).secrets);
  const old = others.find((one) => one.name === name);
  if (old !== undefined && input.ignore === true) return { ID: old.id };
  if (old !== undefined && input.replace !== true) throw new EngineError("conflict", `${name}: secret name in use`, { reason: "name-in-use" });
  const made = await store(context, input, driver, old?.createdAt, data, others.filter((one) => one !== old));
  if (old !== undefined) await changeSecretData(directoryOf(context, old.driverOptions ?? {}), old.id, undefined);
  await context.emit({ type: "secret", status: "create", id: made.id, name });
  return { ID: made.id };
}

const directoryOf = (context: EngineContext, options: Readonly<Record<string, string>>): string => options["path"] ?? fileDriverDirectory(context);

async function store(context: EngineContext, input: InputOf<typeof secret.create.input>, driver: string, createdAt: string | undefined, data: Uint8Array, others: readonly StoredSecret[]): Promise<StoredSecret> {
  const now = new Date().toISOString();
  const options = { ...context.config.secrets.options, ...input.driverOptions };
  const driverOptions = { ...options, path: directoryOf(context, options) };
  const made: StoredSecret = {
    name: input.name, id: newId().slice(0, idLength), ...(input.labels === undefined || Object.keys(input.labels).length === 0 ? {} : { labels: input.labels }),
    metadata: {}, createdAt: createdAt ?? now, updatedAt: now, driver, driverOptions,
  };
  await changeSecretData(driverOptions.path, made.id, data);
  writeTable(context, [...others, made]);
  return made;
}

async function readAll(body: ByteStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size >= maxSecretBytes) throw badSize();
    chunks.push(chunk);
  }
  if (size === 0) throw badSize();
  return Buffer.concat(chunks);
}

const badSize = (): EngineError => new EngineError("invalid-argument", `secret data must be larger than 0 and less than ${maxSecretBytes} bytes`);
