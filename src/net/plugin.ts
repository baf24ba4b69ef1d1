/** netavark's driver plugins (its plugin-API.md): programs that make networks of their own kind. netavark calls them at set-up; `create` is asked by us. */
import { readdirSync } from "node:fs";
import { EngineError, within } from "../base/errors.ts";
import { findHelper } from "./helper-binary.ts";
import { decodeNetwork } from "./files.ts";
import { answerError } from "./netavark.ts";
import type { Network } from "./types.ts";

/** A definition is a few hundred bytes. */
const maxAnswerBytes = 1024 * 1024;

/** Names of the plugins that are there, each once. A folder that is not there has none. */
export function pluginNames(directories: readonly string[]): string[] {
  const names = directories.flatMap((directory) => { try { return readdirSync(directory); } catch { return []; } });
  return [...new Set(names)];
}

/** The network as the plugin completed it. @throws invalid-argument for a driver that nobody has, unavailable with the plugin's own words */
export async function createByPlugin(network: Network, directories: readonly string[]): Promise<Network> {
  const program = network.driver.includes("/") ? undefined : findHelper(network.driver, directories);
  if (program === undefined) throw new EngineError("invalid-argument", `failed to find driver or plugin "${network.driver}"`);
  const child = Bun.spawn([program, "create"], { stdio: [new TextEncoder().encode(`${JSON.stringify(network)}\n`), "pipe", "inherit"], maxBuffer: maxAnswerBytes });
  const [answer, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (status !== 0) throw new EngineError("unavailable", `plugin ${program} failed: netavark: ${answerError(answer, status)}`);
  return checked(network, decoded(program, answer));
}

function decoded(program: string, answer: string): Network {
  try { return decodeNetwork(JSON.parse(answer)); } catch (error) { throw within(`plugin ${program} failed: netavark: failed to decode result`, error, "unavailable"); }
}

function checked(asked: Network, result: Network): Network {
  for (const [field, what] of [["name", "name"], ["id", "ID"], ["driver", "driver"]] as const) {
    if (asked[field] !== result[field]) throw new EngineError("unavailable", `invalid plugin result: changed network ${what}`);
  }
  return { ...result, created: asked.created };
}
