/** `podman image scp`: before any user namespace is entered, because sudo does not work inside one. */
import { userInfo } from "node:os";
import { listConnections } from "../../config/connections.ts";
import { loadConfig } from "../../config/load.ts";
import { copyByScp } from "../../image/scp.ts";
import { parseTransfer } from "../../image/scp-places.ts";
import type { CommandContext } from "../kit/types.ts";
import { selfCommand } from "../self-command.ts";

interface ScpValues { readonly format?: string | undefined; readonly quiet: boolean }

export async function scpImage(context: CommandContext, [source = "", destination = ""]: readonly string[], { format, quiet }: ScpValues): Promise<void> {
  const { env, signal } = context;
  const { username: user } = userInfo();
  const isRoot = process.getuid?.() === 0;
  const transfer = parseTransfer(source, destination, { isRoot, user, sudoUser: env["SUDO_USER"] });
  const { engine } = loadConfig(context.global, env);
  let written: Promise<unknown> = Promise.resolve();
  const say = (line: string): void => { written = written.then(async () => context.err.write(`${line}\n`)).catch(() => { /* nobody listens */ }); };
  const here = { self: selfCommand(context, "image", "scp"), env, connections: listConnections(engine, env), user, isRoot, warn: (message: string) => { say(`WARN[0000] ${message}`); } };
  let name: string;
  try { name = await copyByScp(here, transfer, { quiet, ...(format === undefined ? {} : { format }) }, { signal, onLine: say }); } finally { await written; }
  await context.out.write(`Loaded image: ${name}\n`);
}
