/** `podman login`: checks credentials against the registry and keeps them. Happens on the user's machine, never in a service. */
import { EngineError, isEngineError, messageOf, within } from "../../base/errors.ts";
import { findCredentials, parseCredentialsKey, storeCredentials, type AuthContext } from "../../config/auth.ts";
import { createRegistryAccess } from "../../config/registry-access.ts";
import { loadRegistries } from "../../config/registries.ts";
import { readHostFacts } from "../../config/rootless.ts";
import { RegistryClient } from "../../transports/docker/client.ts";
import type { CommandContext } from "../kit/types.ts";

interface LoginFlags {
  readonly authfile?: string | undefined; readonly certDir?: string | undefined; readonly compatAuthFile?: string | undefined; readonly getLogin: boolean; readonly password?: string | undefined;
  readonly passwordStdin: boolean; readonly tlsVerify: boolean; readonly username?: string | undefined; readonly verbose: boolean;
}
interface Account { readonly username: string; readonly password: string }

export async function login(context: CommandContext, argument: string | undefined, flags: LoginFlags): Promise<void> {
  const auth = authContext(context, flags);
  const { key, registry } = argument === undefined ? defaultRegistry(auth) : parseCredentialsKey(argument);
  const known = await findCredentials(key, auth);
  if (context.changed("get-login")) {
    if (known?.username === undefined || known.username === "") throw new EngineError("not-found", `not logged into ${key}`);
    await context.out.write(`${known.username}\n`);
    return;
  }
  if (known?.identityToken !== undefined) throw new EngineError("failed-precondition", "currently logged in, auth file contains an Identity token");
  const typed = await typedPassword(context, flags);
  const check = (account: Account): Promise<void> => checkAccount(context, registry, account, flags);
  if ((flags.username ?? "") === "" && typed === "" && known?.username !== undefined && (known.password ?? "") !== "") {
    await context.out.write(`Authenticating with existing credentials for ${key}\n`);
    const isValid = await check({ username: known.username, password: known.password ?? "" }).then(() => true, () => false);
    if (isValid) { await context.out.write(`Existing credentials are valid. Already logged in to ${registry}\n`); return; }
    await context.out.write("Existing credentials are invalid, please enter valid username and password\n");
  }
  const account = await askAccount(context, flags, typed, known?.username);
  try { await check(account); } catch (error) {
    if (isEngineError(error, "unauthenticated")) throw new EngineError("unauthenticated", `logging into ${JSON.stringify(key)}: invalid username/password`, { cause: error });
    throw within(`authenticating creds for ${JSON.stringify(key)}`, error);
  }
  const where = await storeCredentials(key, account, auth);
  if (flags.verbose) await context.out.write(`Used:  ${where}\n`);
  await context.out.write("Login Succeeded!\n");
}

export function authContext({ env }: CommandContext, { authfile, compatAuthFile }: { readonly authfile?: string | undefined; readonly compatAuthFile?: string | undefined }): AuthContext {
  const facts = readHostFacts(env);
  return { env, facts, authFile: authfile, compatAuthFile, credentialHelpers: loadRegistries(env, facts).credentialHelpers };
}

/** The first search registry of registries.conf. */
export function defaultRegistry({ env, facts }: AuthContext): { readonly key: string; readonly registry: string } {
  const [first] = loadRegistries(env, facts).searchRegistries;
  if (first === undefined) throw new EngineError("invalid-argument", "no registries found in registries.conf, a registry must be provided");
  return { key: first, registry: first };
}

/** From the flag or, with --password-stdin, from standard input, of which line ends do not count. */
async function typedPassword(context: CommandContext, { password = "", passwordStdin, username = "" }: LoginFlags): Promise<string> {
  if (!passwordStdin) return password;
  if (password !== "") throw new EngineError("invalid-argument", "can't specify both --password-stdin and --password");
  if (username === "") throw new EngineError("invalid-argument", "must provide --username with --password-stdin");
  const { readAllText } = await import("../ask.ts");
  return (await readAllText(context.stdin)).replace(/\r?\n/g, "");
}

async function askAccount(context: CommandContext, { username = "" }: LoginFlags, typed: string, known: string | undefined): Promise<Account> {
  const { readHidden, readLine } = await import("../ask.ts");
  const ask = async (prompt: string, what: string, read: typeof readLine): Promise<string> => {
    await context.out.write(prompt);
    try { return await read(context.stdin); } catch (error) { throw new EngineError("invalid-argument", `getting username and password: reading ${what}: ${messageOf(error)}`); }
  };
  let name = username;
  if (name === "") {
    name = (await ask(known === undefined ? "Username: " : `Username (${known}): `, "username", readLine)).trim();
    if (name === "") name = known ?? "";
  }
  if (typed !== "") return { username: name.trim(), password: typed };
  const password = await ask("Password: ", "password", readHidden);
  await context.out.write("\n");
  return { username: name.trim(), password };
}

async function checkAccount(context: CommandContext, registry: string, credentials: Account, { certDir, tlsVerify }: LoginFlags): Promise<void> {
  const access = createRegistryAccess({ certDir, credentials, tlsVerify: context.changed("tls-verify") ? tlsVerify : undefined }, context.env);
  const client = new RegistryClient({ registry, path: "", access, actions: "pull", env: context.env, credentials });
  await client.checkLogin(context.signal);
}

