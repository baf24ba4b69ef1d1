import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/**
 * Connects to the container's streams. A created or stopped container is initialized first, so that nothing of its output is
 * missed: `run` is create, attach, start, wait. With none of the streams named, all three are taken. `stream: false` with `logs`
 * gives the past output only. Detaching by keys ends the output with the error `aborted/detached`.
 */
export const attach = defineOperation({
  name: "container.attach",
  summary: "Connect to a container's streams",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    stdin: toggle("Attach STDIN"),
    stdout: toggle("Attach STDOUT"),
    stderr: toggle("Attach STDERR"),
    logs: toggle("Give the past output first"),
    stream: toggle("Stay connected; on by default"),
    detachKeys: maybeText("Keys that leave the container running and return: characters, or ctrl-<value>, separated by commas"),
  },
  output: nothing,
  kind: "duplex",
  errors: ["not-found", "failed-precondition", "conflict"],
  libpod: { method: "POST", path: "/containers/{ref}/attach" },
});
