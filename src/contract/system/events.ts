import { defineOperation, filters, maybeText, output, toggle } from "../kit.ts";
import type { EventRecord } from "../types/event.ts";
import { eventFromWire, eventToWire } from "./events.wire.ts";

/** Without `since` or `until` only what happens from now on. Ends at `until`, or after the known events with `stream: false`. */
export const events = defineOperation({
  name: "system.events",
  summary: "Give what happens as it happens",
  input: {
    since: maybeText("Begin at this time or so long ago"),
    until: maybeText("End at this time"),
    stream: toggle("Stream events and do not exit when returning the last known event; on by default"),
    filters: filters("Filter output"),
  },
  output: output<EventRecord>(),
  kind: "stream",
  errors: ["invalid-argument"],
  libpod: { method: "GET", path: "/events", outputCodec: { toWire: eventToWire, fromWire: eventFromWire } },
});
