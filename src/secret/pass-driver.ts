/** The password store of pass(1): a file per secret, encrypted by gpg. */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EngineError } from "../base/errors.ts";
import { findProgram } from "../config/programs.ts";
import { noSuchData, type DriverOptions, type SecretDriver } from "./driver.ts";
import { readSecretStream } from "./size.ts";

type Env = Readonly<Record<string, string | undefined>>;
interface Store { readonly root: string; readonly key: string; readonly gpgHome?: string }

/** @throws failed-precondition/program-missing without gpg */
export function passDriver(env: Env, options: DriverOptions): SecretDriver {
  const store = findStore(env, options);
  const fileOf = (id: string): string => join(store.root, `${id}.gpg`);
  return {
    lookup: async (id) => {
      const { status, output } = await gpg(env, store, ["--decrypt", fileOf(id)]);
      if (status !== 0 || output.length === 0) throw noSuchData(id);
      return output;
    },
    store: async (id, data) => {
      const { status } = await gpg(env, store, ["--encrypt", "-r", store.key, "-o", fileOf(id)], data);
      if (status !== 0) throw new EngineError("failed-precondition", `exit status ${status}`, { hint: `gpg could not encrypt for the key ${JSON.stringify(store.key)} into ${store.root}` });
    },
    remove: async (id) => {
      if (!existsSync(fileOf(id))) throw noSuchData(id);
      rmSync(fileOf(id));
    },
  };
}

/** Options root, key and gpghomedir; else the store of pass or gopass in the home directory. The key is in `.gpg-id` of the root or above. */
function findStore(env: Env, options: DriverOptions): Store {
  const home = env["HOME"] ?? "/";
  const usual = [join(home, ".password-store"), join(home, ".local/share/gopass/stores/root")].find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  const root = resolve(options["root"] ?? usual ?? "");
  const gpgHome = options["gpghomedir"];
  return { root, key: options["key"] ?? keyAbove(root), ...(gpgHome === undefined ? {} : { gpgHome }) };
}

function keyAbove(root: string): string {
  for (let path = root; path.length > 1; path = dirname(path)) {
    const file = join(path, ".gpg-id");
    if (existsSync(file)) return readFileSync(file, "utf8").replace(/^[\r\n]+|[\r\n]+$/g, "");
  }
  return "";
}

async function gpg(env: Env, { gpgHome }: Store, args: readonly string[], input?: Uint8Array): Promise<{ readonly status: number; readonly output: Buffer }> {
  if (findProgram("gpg", env) === undefined) throw new EngineError("failed-precondition", "the program gpg is missing", { reason: "program-missing", hint: "install the package gnupg" });
  const child = Bun.spawn(["gpg", ...(gpgHome === undefined ? [] : ["--homedir", gpgHome]), ...args], { env: { ...env }, stdin: input ?? "ignore", stdout: "pipe", stderr: "ignore" });
  const [output, status] = await Promise.all([readSecretStream(child.stdout), child.exited]);
  return { status, output };
}
