/** Detaching from a session behind a service: the service only closes the connection, so that who typed the keys must know it. */
import { EngineError } from "../../base/errors.ts";
import type { Duplex, OutputFrame } from "../../contract/kit.ts";
import { createDetachScanner, parseDetachKeys } from "../../runtime/detach-keys.ts";

const defaultKeys = "ctrl-p,ctrl-q";

/** The keys go on to the service, which does the work; here the end after them becomes the error `aborted/detached`. @throws invalid-argument for bad keys */
export function detachable(session: Duplex, keys = defaultKeys): Duplex {
  // Without a terminal nobody types: the bytes are data.
  if (session.terminal !== true) return session;
  const scan = createDetachScanner(parseDetachKeys(keys));
  let isDetached = false;
  async function* output(): AsyncGenerator<OutputFrame> {
    yield* session.output;
    if (isDetached) throw new EngineError("aborted", "detached from container", { reason: "detached" });
  }
  return {
    ...session, output: output(),
    write: async (data) => {
      isDetached ||= scan(data).detached;
      await session.write(data);
    },
  };
}
