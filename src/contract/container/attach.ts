import { defineOperation, maybeText, nothing, text, toggle } from "../kit.ts";

/**
 * Connects to the container's streams. A created or stopped container is initialized first, so that nothing of its output is
 * missed: `run` is create, attach, start, wait. With none of the streams named, all three are taken. `stream: false` with `logs`
 * gives the past output only. Detaching by keys ends the output with the error `aborted/detached`.
 */
export const attach = defineOperation({
  name: "container.attach",
  summary: "Attach to a running container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    stdin: toggle("Attach STDIN"),
    stdout: toggle("Attach STDOUT"),
    stderr: toggle("Attach STDERR"),
    logs: toggle("Give the past output first"),
    stream: toggle("Stay connected; on by default"),
    detachKeys: maybeText("Select the key sequence for detaching a container. Format is a single character `[a-Z]` or a comma separated sequence of `ctrl-<value>`, where `<value>` is one of: `a-z`, `@`, `^`, `[`, `\\`, `]`, `^` or `_`"),
  },
  output: nothing,
  kind: "duplex",
  errors: ["not-found", "failed-precondition", "conflict"],
  libpod: { method: "POST", path: "/containers/{ref}/attach" },
});
