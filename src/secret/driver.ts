/** Where secrets' data are: a file of ours, gpg files, or what the user's own commands reach. */
import { EngineError } from "../base/errors.ts";
import type { EngineContext } from "../engine/context.ts";
import type { StoredSecret } from "./file.ts";

export interface SecretDriver {
  /** @throws not-found/no-such-secret */
  lookup(id: string): Promise<Buffer>;
  store(id: string, data: Uint8Array): Promise<void>;
  /** @throws not-found/no-such-secret, where the driver can tell */
  remove(id: string): Promise<void>;
}
export type DriverOptions = Readonly<Record<string, string>>;

/** @throws invalid-argument for an unknown driver or a wrong option */
export async function openDriver(context: EngineContext, name: string, options: DriverOptions): Promise<SecretDriver> {
  switch (name) {
    case "file": return (await import("./file-driver.ts")).fileDriver(context, options);
    case "pass": return (await import("./pass-driver.ts")).passDriver(context.env, options);
    case "shell": return (await import("./shell-driver.ts")).shellDriver(context.env, options);
    default: throw new EngineError("invalid-argument", "invalid driver");
  }
}

export async function readSecretData(context: EngineContext, { id, driver, driverOptions }: StoredSecret): Promise<Buffer> {
  return (await openDriver(context, driver, driverOptions ?? {})).lookup(id);
}

export const noSuchData = (id: string, cause?: unknown): EngineError => new EngineError("not-found", `${id}: no such secret`, { reason: "no-such-secret", ...(cause === undefined ? {} : { cause }) });
