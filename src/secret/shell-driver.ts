import { EngineError } from "../base/errors.ts";
import { noSuchData, type DriverOptions, type SecretDriver } from "./driver.ts";
import { readSecretStream } from "./size.ts";

const verbs = ["delete", "list", "lookup", "store"] as const;

/**
 * The user's own commands (podman-secret-create(1)), run by a shell because that is what they are written for. They get the id
 * in SECRET_ID and the data on standard input; nothing of ours becomes part of a command.
 */
export function shellDriver(env: Readonly<Record<string, string | undefined>>, options: DriverOptions): SecretDriver {
  const bad = Object.keys(options).find((key) => !verbs.some((verb) => verb === key));
  if (bad !== undefined) throw new EngineError("invalid-argument", `invalid shell driver option: ${JSON.stringify(bad)}`);
  if (verbs.some((verb) => (options[verb] ?? "") === "")) throw new EngineError("invalid-argument", "missing config value");
  const start = (verb: (typeof verbs)[number], id: string, stdin: "ignore" | Uint8Array, stdout: "pipe" | "inherit"): Bun.Subprocess<"ignore" | Uint8Array, "pipe" | "inherit", "inherit"> =>
    Bun.spawn(["/bin/sh", "-c", options[verb] ?? ""], { env: { ...env, SECRET_ID: id }, stdin, stdout, stderr: "inherit" });
  return {
    lookup: async (id) => {
      const child = start("lookup", id, "ignore", "pipe");
      const [data, status] = await Promise.all([child.stdout === undefined ? Buffer.alloc(0) : readSecretStream(child.stdout), child.exited]);
      if (status !== 0) throw noSuchData(id);
      return data;
    },
    store: async (id, data) => {
      const status = await start("store", id, data, "inherit").exited;
      if (status !== 0) throw new EngineError("failed-precondition", `exit status ${status}`);
    },
    remove: async (id) => {
      if (await start("delete", id, "ignore", "inherit").exited !== 0) throw noSuchData(id);
    },
  };
}
