import { createFlags } from "../../create/index.ts";
import { defineCommand } from "../../kit/types.ts";

export const runCommand = defineCommand({
  paths: ["run", "container run"],
  summary: "Make a container and run a command in it",
  description: "Makes a container from an image (pulling it if need be) and runs a command in it.",
  usage: "[options] IMAGE [COMMAND [ARG...]]",
  args: { min: 1, completion: "image" },
  flags: {
    ...createFlags,
    detach: { kind: "bool", name: "detach", short: "d", default: false, doc: "Run in the background and print the container's ID" },
    detachKeys: { kind: "string", name: "detach-keys", doc: "Keys that leave the container running and return: characters, or ctrl-<value>, separated by commas" },
    passwd: { kind: "bool", name: "passwd", default: true, doc: "Add the user to /etc/passwd and /etc/group" },
    preserveFd: { kind: "csv", name: "preserve-fd", doc: "Pass this file descriptor into the container", where: "local" },
    preserveFds: { kind: "uint", name: "preserve-fds", default: 0, doc: "Pass so many file descriptors after 2 into the container", where: "local" },
    rmi: { kind: "bool", name: "rmi", default: false, doc: "Remove the image afterwards unless others use it; implies --rm" },
    sigProxy: { kind: "bool", name: "sig-proxy", default: true, doc: "Hand signals on to the process" },
  },
  interspersed: false,
  examples: ["podman run imageID ls -alF /etc", "podman run --network=host imageID dnf -y install java", "podman run --volume /var/hostdir:/var/ctrdir -i -t fedora /bin/bash"],
  run: async (context, args, flags) => (await import("../../create/run-container.ts")).runContainer(context, args, flags),
});
