/** `podman logout`. */
import { EngineError } from "../../base/errors.ts";
import { checkAuthFile } from "../../config/auth-file.ts";
import { findCredentials, parseCredentialsKey, removeAllCredentials, removeCredentials } from "../../config/auth.ts";
import type { CommandContext } from "../kit/types.ts";
import { authContext, defaultRegistry } from "./login.ts";

interface LogoutFlags { readonly all: boolean; readonly authfile?: string | undefined; readonly compatAuthFile?: string | undefined }

export async function logout(context: CommandContext, argument: string | undefined, flags: LogoutFlags): Promise<void> {
  checkAuthFile(flags.authfile);
  checkAuthFile(flags.compatAuthFile);
  const auth = authContext(context, flags);
  if (flags.all) {
    if (argument !== undefined) throw new EngineError("invalid-argument", "--all takes no arguments");
    await removeAllCredentials(auth);
    await context.out.write("Removed login credentials for all registries\n");
    return;
  }
  const { key } = argument === undefined ? defaultRegistry(auth) : parseCredentialsKey(argument);
  if (await removeCredentials(key, auth)) { await context.out.write(`Removed login credentials for ${key}\n`); return; }
  const other = await findCredentials(key, auth);
  if (other !== undefined) { await context.out.write(`Not logged into ${key} with current tool. Existing credentials were established via docker login. Please use docker logout instead.\n`); return; }
  throw new EngineError("not-found", `not logged into ${key}`);
}
