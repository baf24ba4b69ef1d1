import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

const { authfile, certDir, creds, tlsVerify } = registryFlags;

export const runlabelCommand = defineCommand({
  paths: ["container runlabel"],
  summary: "Execute the command described by an image label",
  description: "Runs on this machine the command that a label of an image holds. IMAGE and NAME in it stand for the image and the container's name; $OPT1, $OPT2, $OPT3, $PWD and $HOME are filled in.",
  usage: "[options] LABEL IMAGE [ARG...]",
  args: { min: 2, completion: "image" },
  flags: {
    authfile, certDir, creds, tlsVerify,
    display: { kind: "bool", name: "display", default: false, doc: "Show the command instead of running it" },
    name: { kind: "string", name: "name", short: "n", doc: "Name of the container" },
    opt1: { kind: "string", name: "opt1", hidden: true, doc: "Value of $OPT1" },
    opt2: { kind: "string", name: "opt2", hidden: true, doc: "Value of $OPT2" },
    opt3: { kind: "string", name: "opt3", hidden: true, doc: "Value of $OPT3" },
    pull: { kind: "bool", name: "pull", short: "p", default: true, hidden: true, deprecated: "podman will pull if not found in local storage", doc: "Pull the image when it is missing" },
    quiet: { kind: "bool", name: "quiet", short: "q", default: false, doc: "Show no output" },
    replace: { kind: "bool", name: "replace", default: false, doc: "Remove a container that has the name already" },
    signaturePolicy: { kind: "string", name: "signature-policy", hidden: true, doc: "Signature policy file", completion: "file" },
  },
  interspersed: true,
  where: "local",
  examples: ["podman container runlabel run imageID", "podman container runlabel install imageID arg1 arg2", "podman container runlabel --display run myImage"],
  run: async (context, args, flags) => (await import("../../image/runlabel.ts")).runLabel(context, args, flags),
});
