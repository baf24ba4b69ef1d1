/** Flags of `logs` and `pod logs`. */
import type { Flags } from "../kit/types.ts";

export const logFlags = {
  color: { kind: "bool", name: "color", default: false, doc: "Show each container's lines in a colour of their own" },
  details: { kind: "bool", name: "details", default: false, hidden: true, doc: "Accepted for Docker's sake; does nothing" },
  follow: { kind: "bool", name: "follow", short: "f", default: false, doc: "Go on as long as the container writes" },
  names: { kind: "bool", name: "names", short: "n", default: false, doc: "With several containers: their names in front of the lines instead of their IDs" },
  since: { kind: "string", name: "since", doc: "Only what was written since this time or so long ago" },
  tail: { kind: "int", name: "tail", default: -1, doc: "Only so many lines from the end" },
  timestamps: { kind: "bool", name: "timestamps", short: "t", default: false, doc: "Put the time in front of each line" },
  until: { kind: "string", name: "until", doc: "Only what was written until this time or so long ago" },
} as const satisfies Flags;
