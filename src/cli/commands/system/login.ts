import { EngineError, messageOf } from "../../../base/errors.ts";
import { defineCommand, type CommandContext } from "../../kit/types.ts";
import type { LoginSession } from "../../../system/login.ts";

export const login = defineCommand({
  paths: ["login"],
  summary: "Keep credentials of a registry",
  description: "Checks user and password against the registry and keeps them for later commands.",
  usage: "[options] [REGISTRY]",
  args: { min: 0, max: 1 },
  flags: {
    authFile: { kind: "string", name: "authfile", doc: "File with registry credentials; REGISTRY_AUTH_FILE names another default", completion: "file" },
    certDir: { kind: "string", name: "cert-dir", doc: "Directory with TLS certificates and keys", completion: "directory" },
    compatAuthFile: { kind: "string", name: "compat-auth-file", doc: "Docker config file to use in place of it", completion: "file" },
    getLogin: { kind: "bool", name: "get-login", default: false, doc: "Print the user who is logged in" },
    password: { kind: "string", name: "password", short: "p", doc: "Password" },
    passwordStdin: { kind: "bool", name: "password-stdin", default: false, doc: "Read the password from standard input" },
    secret: { kind: "string", name: "secret", doc: "Secret whose content is the password", completion: "secret" },
    tlsVerify: { kind: "bool", name: "tls-verify", default: false, doc: "Demand HTTPS and valid certificates of registries" },
    username: { kind: "string", name: "username", short: "u", doc: "User name" },
    verbose: { kind: "bool", name: "verbose", short: "v", default: false, doc: "Say where the credentials are kept" },
  },
  examples: ["podman login quay.io", "podman login --username ... --password ... quay.io", "podman login --authfile dir/auth.json quay.io"],
  run: async (context, [registry], flags) => {
    const { openLogin } = await import("../../../system/login.ts");
    const fromSecret = await ofSecret(context, flags.secret ?? "", flags.password);
    const session = await openLogin({
      registry, authFile: flags.authFile, certDir: flags.certDir, compatAuthFile: flags.compatAuthFile, signal: context.signal,
      tlsVerify: context.changed("tls-verify") ? flags.tlsVerify : undefined,
    }, context.env);
    if (context.changed("get-login")) return showUser(context, session);
    if (session.stored?.identityToken !== undefined) throw new EngineError("conflict", "currently logged in, auth file contains an Identity token");
    const username = (flags.username ?? "") === "" ? fromSecret?.username : flags.username;
    const password = fromSecret !== undefined ? fromSecret.password : flags.passwordStdin ? await passwordFromStdin(context, flags.password, flags.username) : flags.password;
    if ((username ?? "") === "" && (password ?? "") === "" && await reuse(context, session)) return;
    await enter(context, session, await ask(context, session, username, password), flags.verbose);
  },
});

/** The secret is the password, its name the user where none is given. @throws not-found/no-such-secret */
async function ofSecret(context: CommandContext, name: string, password: string | undefined): Promise<{ readonly username: string; readonly password: string } | undefined> {
  if (name === "") return undefined;
  if ((password ?? "") !== "") throw new EngineError("invalid-argument", "--secret can not be used with --password options");
  const { SecretData = "" } = await (await context.engine()).secret.inspect({ ref: name, showSecret: true });
  return { username: name, password: SecretData };
}

async function showUser(context: CommandContext, session: LoginSession): Promise<void> {
  const name = session.stored?.username ?? "";
  if (name === "") throw new EngineError("not-found", `not logged into ${session.key}`);
  await context.out.write(`${name}\n`);
}

async function passwordFromStdin(context: CommandContext, password: string | undefined, username: string | undefined): Promise<string> {
  if ((password ?? "") !== "") throw new EngineError("invalid-argument", "can't specify both --password-stdin and --password");
  if ((username ?? "") === "") throw new EngineError("invalid-argument", "must provide --username with --password-stdin");
  const { readAllText } = await import("../../ask.ts");
  return (await readAllText(context.stdin)).replaceAll(/\r?\n/g, "");
}

/** Tries what is stored; true when it still works. */
async function reuse(context: CommandContext, session: LoginSession): Promise<boolean> {
  const { username = "", password = "" } = session.stored ?? {};
  if (username === "" || password === "") return false;
  await context.out.write(`Authenticating with existing credentials for ${session.key}\n`);
  if (await session.verify(username, password).catch(() => false)) {
    await context.out.write(`Existing credentials are valid. Already logged in to ${session.registry}\n`);
    return true;
  }
  await context.out.write("Existing credentials are invalid, please enter valid username and password\n");
  return false;
}

async function ask(context: CommandContext, session: LoginSession, username: string | undefined, password: string | undefined): Promise<{ username: string; password: string }> {
  const { readLine, readHidden } = await import("../../ask.ts");
  let name = username ?? "";
  const known = session.stored?.username ?? "";
  try {
    if (name === "") {
      await context.out.write(known === "" ? "Username: " : `Username (${known}): `);
      name = (await readLine(context.stdin)).trim() || known;
    }
    if (password !== undefined && password !== "") return { username: name.trim(), password };
    await context.out.write("Password: ");
    const typed = await readHidden(context.stdin);
    await context.out.write("\n");
    return { username: name.trim(), password: typed };
  } catch (error) { throw new EngineError("invalid-argument", `getting username and password: ${messageOf(error)}`, { cause: error }); }
}

async function enter(context: CommandContext, session: LoginSession, { username, password }: { username: string; password: string }, verbose: boolean): Promise<void> {
  const accepted = await session.verify(username, password).catch((error: unknown) => {
    throw new EngineError("unavailable", `authenticating creds for ${JSON.stringify(session.key)}: ${messageOf(error)}`, { cause: error });
  });
  if (!accepted) throw new EngineError("unauthenticated", `logging into ${JSON.stringify(session.key)}: invalid username/password`);
  const where = await session.store(username, password);
  if (verbose) await context.out.write(`Used:  ${where}\n`);
  await context.out.write("Login Succeeded!\n");
}
