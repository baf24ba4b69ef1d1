import { defineCommand } from "../../kit/types.ts";

export const addConnectionCommand = defineCommand({
  paths: ["system connection add"],
  summary: "Remember the address of a Podman service",
  usage: "[options] NAME DESTINATION",
  args: { min: 2, max: 2, completion: "none" },
  flags: {
    default: { kind: "bool", name: "default", short: "d", default: false, doc: "Use it when no other is named" },
    identity: { kind: "string", name: "identity", doc: "ssh identity file", completion: "file" },
  },
  partly: "a user's socket on another machine must be named in full: ssh://user@host/run/user/1000/podman/podman.sock",
  examples: ["podman system connection add testing unix:///run/podman/podman.sock", "podman system connection add --default debug tcp://localhost:8080"],
  run: async (context, args, flags) => {
    const { addConnection } = await import("../../../config/connections.ts");
    const { parseAddress } = await import("../../../engine/transport/connection.ts");
    const [name = "", text = ""] = args;
    const URI = text.startsWith("/") ? `unix://${text}` : /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) ? text : `ssh://${text}`;
    if (URI.startsWith("ssh://")) (await import("../../../config/ssh-url.ts")).parseSshUrl(URI);
    else parseAddress(URI);
    addConnection(context.env, name, { URI, ...(flags.identity !== undefined && { Identity: flags.identity }) }, flags.default);
  },
});
