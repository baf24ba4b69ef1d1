import { healthFlags } from "../../create/flags-health.ts";
import { limitFlags, ulimitFlag } from "../../create/flags-resources.ts";
import { oneOrLatest } from "../../kit/rules.ts";
import { defineCommand } from "../../kit/types.ts";
import { latestFlag } from "../../target-flags.ts";

export const updateCommand = defineCommand({
  paths: ["update", "container update"],
  summary: "Change the limits and the restart policy of a container",
  usage: "[options] CONTAINER",
  args: { min: 0, max: 1, completion: "container", check: oneOrLatest },
  flags: {
    ...limitFlags, ...ulimitFlag, ...healthFlags, ...latestFlag,
    env: { kind: "strings", name: "env", short: "e", doc: "Set an environment variable for later starts" },
    noHealthcheck: { kind: "bool", name: "no-healthcheck", default: false, doc: "Leave out the health check" },
    restart: { kind: "string", name: "restart", doc: "What to do when the container exits", completion: ["always", "no", "never", "on-failure", "unless-stopped"] },
    unsetenv: { kind: "strings", name: "unsetenv", doc: "Take an environment variable out" },
  },
  examples: ["podman update --cpus=5 foobar_container"],
  run: async (context, args, flags) => {
    const { latestContainer } = await import("../../latest.ts");
    const { limitsPart } = await import("../../create/resources.ts");
    const { healthPart, startupChange } = await import("../../create/health.ts");
    const { parseEnvironment } = await import("../../../formats/create/pairs.ts");
    const { parseUlimit } = await import("../../../formats/create/resources.ts");
    const { parseRestart } = await import("../../../formats/create/process.ts");
    const engine = await context.engine();
    const startup = startupChange(context, flags);
    const asked = flags.noHealthcheck ? undefined : healthPart(context, flags);
    const health = startup === undefined || flags.noHealthcheck ? asked : { ...asked, startup };
    const restart = flags.restart === undefined ? undefined : parseRestart(flags.restart);
    const id = await engine.container.update({
      ref: flags.latest ? await latestContainer(engine) : args[0] ?? "",
      ...(restart !== undefined && { restartPolicy: restart.policy, ...(restart.maxRetries !== undefined && { restartRetries: restart.maxRetries }) }),
      change: {
        resources: { ...limitsPart(context, flags), ...(flags.ulimit !== undefined && { ulimits: flags.ulimit.map(parseUlimit) }) }, ...(health !== undefined && { health }), ...(flags.noHealthcheck && { noHealthcheck: true }),
        ...(flags.env !== undefined && { env: parseEnvironment(flags.env, context.env) }), ...(flags.unsetenv !== undefined && { unsetEnv: flags.unsetenv }),
      },
    });
    await context.out.write(`${id}\n`);
  },
});
