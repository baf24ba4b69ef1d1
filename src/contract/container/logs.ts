import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/**
 * Frames as Docker multiplexes them: one byte 1 (stdout) or 2 (stderr), three zero bytes, the length as 32 bits big-endian, then
 * that many bytes. Every frame is one line with its newline, or a part of one without. `formats/multiplex.ts` reads and writes them.
 */
export const logs = defineOperation({
  name: "container.logs",
  summary: "Fetch the logs of one or more containers",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    follow: toggle("Follow log output"),
    stdout: toggle("Give what the container wrote to its standard output"),
    stderr: toggle("Give what the container wrote to its standard error"),
    since: maybeText("Show logs since TIMESTAMP"),
    until: maybeText("Show logs until TIMESTAMP"),
    tail: maybeText("Output the specified number of LINES at the end of the logs; `all` by default"),
    timestamps: toggle("Output the timestamps in the log"),
  },
  output: nothing,
  kind: "bytes",
  errors: ["not-found", "invalid-argument", "not-implemented"],
  libpod: { method: "GET", path: "/containers/{ref}/logs" },
});
