import { defineCommand } from "../../kit/types.ts";

export const healthcheckRunCommand = defineCommand({
  paths: ["healthcheck run"],
  summary: "Run the health check of a container",
  description: "Runs the command of the container's health check once. The exit status is 0 when it is healthy, 1 when it is not.",
  usage: "[options] CONTAINER",
  args: { min: 1, max: 1, completion: "container" },
  flags: {
    ignoreResult: { kind: "bool", name: "ignore-result", default: false, doc: "Exit with 0 whatever the check found" },
  },
  examples: ["podman healthcheck run mywebapp"],
  run: async (context, [ref = ""], flags) => {
    const engine = await context.engine();
    const { Status: status } = await engine.healthcheck.run({ ref });
    if (status === "healthy") return 0;
    await context.out.write(`${status}\n`);
    return flags.ignoreResult ? 0 : 1;
  },
});
