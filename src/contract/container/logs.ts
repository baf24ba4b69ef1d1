import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/**
 * Frames as Docker multiplexes them: one byte 1 (stdout) or 2 (stderr), three zero bytes, the length as 32 bits big-endian, then
 * that many bytes. Every frame is one line with its newline, or a part of one without. `formats/multiplex.ts` reads and writes them.
 */
export const logs = defineOperation({
  name: "container.logs",
  summary: "Give what a container has written",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    follow: toggle("Follow log output"),
    stdout: toggle("Give what the container wrote to its standard output"),
    stderr: toggle("Give what the container wrote to its standard error"),
    since: maybeText("Only what was written since this time or so long ago"),
    until: maybeText("Only what was written until this time"),
    tail: maybeText("Output the specified number of LINES at the end of the logs; `all` by default"),
    timestamps: toggle("Put the time in front of each line"),
  },
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "invalid-argument", "not-implemented"],
  libpod: { method: "GET", path: "/containers/{ref}/logs" },
});
