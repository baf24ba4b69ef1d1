import { defineOperation, integer, maybeText, nothing, text, toggle } from "../kit.ts";

/**
 * Starts a session and connects to it. With `detach` the output is empty and ends at once. When the output ended by itself,
 * `exec.inspect` knows the exit code. Detaching by keys ends the output with the error `aborted/detached`.
 */
export const start = defineOperation({
  name: "exec.start",
  summary: "Start an exec session",
  input: {
    id: text("Id of the session"),
    detach: toggle("Run in the background", { wire: "Detach" }),
    terminal: toggle("The session has a terminal", { wire: "Tty" }),
    detachKeys: maybeText("Keys that the session was created with, for who types them", { where: "local" }),
    height: integer("Rows of the terminal", { wire: "h" }),
    width: integer("Columns of the terminal", { wire: "w" }),
  },
  output: nothing,
  kind: "duplex",
  errors: ["not-found", "conflict", "failed-precondition"],
  libpod: { method: "POST", path: "/exec/{id}/start", body: "*" },
});
