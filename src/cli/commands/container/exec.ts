import { defineCommand } from "../../kit/types.ts";

export const execCommand = defineCommand({
  paths: ["exec", "container exec"],
  summary: "Run one more process in a container",
  description: "Runs one more process inside a container that is running.",
  usage: "[options] CONTAINER COMMAND [ARG...]",
  args: {
    min: 0, completion: "container",
    check: (args, { latest, cidfile }) => (args.length === 0 && latest !== true && (cidfile === undefined || cidfile === "") ? "exec requires the name or ID of a container or the --latest or --cidfile flag" : undefined),
  },
  flags: {
    cidfile: { kind: "string", name: "cidfile", doc: "Read the container's ID from this file", completion: "file" },
    detach: { kind: "bool", name: "detach", short: "d", default: false, doc: "Run in the background and print the session's ID" },
    detachKeys: { kind: "string", name: "detach-keys", doc: "Keys that leave the process running and return" },
    env: { kind: "strings", name: "env", short: "e", doc: "Set an environment variable" },
    envFile: { kind: "strings", name: "env-file", doc: "Read environment variables from a file", completion: "file" },
    interactive: { kind: "bool", name: "interactive", short: "i", default: false, doc: "Keep STDIN open" },
    latest: { kind: "bool", name: "latest", short: "l", default: false, doc: "Take the newest container", where: "local" },
    noSession: { kind: "bool", name: "no-session", default: false, doc: "Accepted for scripts; sessions cost nothing here" },
    preserveFd: { kind: "csv", name: "preserve-fd", doc: "Pass this file descriptor on", where: "local" },
    preserveFds: { kind: "uint", name: "preserve-fds", default: 0, doc: "Pass so many file descriptors after 2 on", where: "local" },
    privileged: { kind: "bool", name: "privileged", default: false, doc: "Give the process every privilege" },
    tty: { kind: "bool", name: "tty", short: "t", default: false, doc: "Give the process a terminal" },
    user: { kind: "string", name: "user", short: "u", doc: "User and group (name or number, USER[:GROUP])" },
    wait: { kind: "int", name: "wait", default: 0, doc: "Seconds to wait until the container runs" },
    workdir: { kind: "string", name: "workdir", short: "w", doc: "Directory to start in" },
  },
  interspersed: false,
  examples: ["podman exec -it ctrID ls", "podman exec -it -w /tmp myCtr pwd", "podman exec --user root ctrID ls"],
  run: async (context, args, flags) => (await import("../../session/exec.ts")).execInContainer(context, args, flags),
});
