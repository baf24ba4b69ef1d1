import { defineCommand } from "../../kit/types.ts";

export const serviceCommand = defineCommand({
  paths: ["system service"],
  summary: "Serve the REST API",
  description: "Serves Podman's and Docker's REST API on a unix socket (the default is below the runtime directory) or a TCP address. Ends when nothing happened for the idle time.",
  usage: "[options] [URI]",
  args: { min: 0, max: 1 },
  flags: {
    cors: { kind: "string", name: "cors", doc: "Value of the Access-Control-Allow-Origin header" },
    time: { kind: "uint", name: "time", short: "t", default: 5, doc: "Seconds without a request after which the service ends; 0 for never" },
  },
  where: "local",
  examples: ["podman system service --time=0 unix:///tmp/podman.sock", "podman system service --time=0 tcp://localhost:8888"],
  run: async (context, args, flags) => {
    const { createApiServer } = await import("../../../api/server.ts");
    const { serve } = await import("../../../procs/service.ts");
    const { readHostFacts, runtimeDir } = await import("../../../config/rootless.ts");
    // A user's engine is root in its user namespace: the uid does not tell.
    const facts = readHostFacts(context.env);
    const folder = facts.rootless ? runtimeDir(context.env, facts) : "/run";
    const server = createApiServer(await context.engine(), flags.cors === undefined ? {} : { cors: flags.cors });
    const isActivated = context.env["LISTEN_FDS"] !== undefined;
    await serve(server, { address: args[0] ?? (isActivated ? undefined : `unix://${folder}/podman/podman.sock`), idleSeconds: flags.time, env: context.env, signal: context.signal });
  },
});
