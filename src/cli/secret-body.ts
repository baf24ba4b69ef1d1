import { createReadStream, statSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import type { ByteStream } from "../contract/kit.ts";
import { standardInput } from "./image/load.ts";
import type { CommandContext } from "./kit/types.ts";

/** The bytes of a secret: of a variable, of standard input (`-`), or of a file. @throws invalid-argument, not-found */
export function secretBody(context: CommandContext, source: string, isVariable: boolean): ByteStream {
  if (isVariable) return ofVariable(context, source);
  if (source === "-") {
    if (context.stdin.isTTY) throw new EngineError("invalid-argument", "if `-` is used, data must be passed into stdin");
    return standardInput(context);
  }
  if (statSync(source, { throwIfNoEntry: false }) === undefined) throw new EngineError("not-found", `open ${source}: no such file or directory`);
  return createReadStream(source);
}

async function* ofVariable({ env }: CommandContext, name: string): ByteStream {
  const value = env[name];
  if (value === undefined) throw new EngineError("invalid-argument", `cannot create store secret data: environment variable ${name} is not set`);
  yield Buffer.from(value);
}
