import { EngineError } from "../base/errors.ts";
import type { CallOptions, InputOf } from "../contract/kit.ts";
import type { logs as operation } from "../contract/container/logs.ts";
import type { EngineContext } from "../engine/context.ts";

/** @throws not-found/no-such-container, invalid-argument for times and counts, not-implemented for logs that cannot be read */
export async function* logs(context: EngineContext, input: InputOf<typeof operation.input>, _options: CallOptions = {}): AsyncGenerator<Uint8Array> {
  context.containers().resolve(input.ref);
  yield* [];
  throw new EngineError("not-implemented", "reading logs is not there yet");
}
