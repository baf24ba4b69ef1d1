import { defineCommand } from "../../kit/types.ts";

export const cpCommand = defineCommand({
  paths: ["cp", "container cp"],
  summary: "Copy files/folders between a container and the local filesystem",
  description: "Copies the contents of SRC_PATH to DEST_PATH: from a container, into one, or from one to another, running or not. `-` is a tar archive on STDIN or STDOUT. "
    + "A directory is copied by its name; with a final `/.` only what is in it.",
  usage: "[options] [CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH",
  args: { min: 2, max: 2, completion: "container" },
  flags: {
    archive: { kind: "bool", name: "archive", short: "a", default: true, doc: "Chown copied files to the primary uid/gid of the destination container" },
    overwrite: { kind: "bool", name: "overwrite", default: false, doc: "Allow to overwrite directories with non-directories and vice versa" },
    extract: { kind: "bool", name: "extract", default: false, hidden: true, doc: "Accepted for old scripts: nothing depends on it" },
    pause: { kind: "bool", name: "pause", default: true, hidden: true, doc: "Accepted for old scripts: nothing depends on it" },
  },
  examples: ["podman cp ctr:/etc/app.conf .", "podman cp app.conf ctr:/etc/", "podman cp ctr1:/data/. ctr2:/data", "tar c src | podman cp - ctr:/src"],
  run: async (context, args, flags) => (await import("../../copy/run.ts")).copy(context, args, flags),
});
