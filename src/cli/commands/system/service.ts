import type { Engine } from "../../../contract/index.ts";
import { defineCommand } from "../../kit/types.ts";

/** Nothing tells of a lost file, a dead resolver and a flushed firewall at once, and a look costs less than a millisecond. */
const lookMillis = 10_000;

/** A service is there anyway, so it looks after the networks of running containers. `stop` waits for a repair that is under way. */
function keepNetworksHealthy(engine: Engine): { stop(): Promise<void> } {
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try { await engine.network.heal({}); } catch { /* netavark or a container failed: it is looked at again */ } finally { looking = undefined; }
  };
  const timer = setInterval(() => { looking ??= look(); }, lookMillis);
  timer.unref();
  return { stop: async () => { clearInterval(timer); await looking; } };
}

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
    const { serve, takeReadiness } = await import("../../../procs/service.ts");
    const { readHostFacts, runtimeDir } = await import("../../../config/rootless.ts");
    // A user's engine is root in its user namespace: the uid does not tell.
    const facts = readHostFacts(context.env);
    const folder = facts.rootless ? runtimeDir(context.env, facts) : "/run";
    const ready = takeReadiness(context.env);
    const engine = await context.engine();
    const server = createApiServer(engine, flags.cors === undefined ? {} : { cors: flags.cors });
    const isActivated = context.env["LISTEN_FDS"] !== undefined;
    const networks = keepNetworksHealthy(engine);
    await serve(server, { address: args[0] ?? (isActivated ? undefined : `unix://${folder}/podman/podman.sock`), idleSeconds: flags.time, env: context.env, signal: context.signal, onListening: ready });
    await networks.stop();
  },
});
