import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../engine/context.ts";
import { lockFile } from "../sys/index.ts";
import { noSuchData, type DriverOptions, type SecretDriver } from "./driver.ts";
import { fileDriverDirectory, readJson, writeJson } from "./file.ts";

type SecretData = Readonly<Record<string, string>>;

/** All data in one file, base64, that only its owner can read. Written whole by rename, under the lock that Podman takes. */
export function fileDriver(context: EngineContext, options: DriverOptions): SecretDriver {
  const directory = options["path"] ?? fileDriverDirectory(context);
  const path = join(directory, "secretsdata.json");
  const change = async (edit: (all: SecretData) => SecretData): Promise<void> => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    using _lock = await lockFile(join(directory, "secretsdata.lock"), "write");
    writeJson(path, edit(readJson(path) as SecretData));
  };
  return {
    lookup: async (id) => {
      const text = (readJson(path) as SecretData)[id];
      if (text === undefined) throw noSuchData(id);
      return Buffer.from(text, "base64");
    },
    store: async (id, data) => change((all) => ({ ...all, [id]: Buffer.from(data).toString("base64") })),
    remove: async (id) => change(({ [id]: _gone, ...others }) => others),
  };
}
