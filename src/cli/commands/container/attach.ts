import { oneOrLatest } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";

export const attachCommand = defineCommand({
  paths: ["attach", "container attach"],
  summary: "Connect to a running container",
  description: "Connects the terminal's or the pipes' standard streams to a container that is running.",
  usage: "[options] CONTAINER",
  args: { min: 0, max: 1, completion: "container", check: oneOrLatest },
  flags: {
    detachKeys: { kind: "string", name: "detach-keys", doc: "Keys that leave the container running and return" },
    latest: { kind: "bool", name: "latest", short: "l", default: false, doc: "Take the newest container", where: "local" },
    noStdin: { kind: "bool", name: "no-stdin", default: false, doc: "Do not connect STDIN" },
    sigProxy: { kind: "bool", name: "sig-proxy", default: true, doc: "Hand signals on to the process" },
  },
  examples: ["podman attach ctrID", "podman attach 1234", "podman attach --no-stdin foobar"],
  run: async (context, args, flags) => {
    const { attachTo } = await import("../../session/attach.ts");
    const { latestContainer } = await import("../../latest.ts");
    const engine = await context.engine();
    return attachTo(context, engine, flags.latest ? await latestContainer(engine) : args[0] ?? "", { stdin: !flags.noStdin, sigProxy: flags.sigProxy, detachKeys: flags.detachKeys });
  },
});
