import { defineCommand } from "../../kit/types.ts";

export const migrateCommand = defineCommand({
  paths: ["system migrate"],
  summary: "Stop containers and the user namespace of a user",
  description: "Stops every running container and ends the process that keeps the user namespace alive, so that the next command makes it anew: needed after a change of /etc/subuid or /etc/subgid.",
  usage: "[options]",
  args: { min: 0, max: 0 },
  where: "local",
  examples: ["podman system migrate"],
  flags: {
    newRuntime: { kind: "string", name: "new-runtime", default: "", doc: "OCI runtime that every container has from now on" },
    migrateDb: { kind: "bool", name: "migrate-db", default: false, doc: "Accepted; there is no older database to bring over" },
  },
  partly: "--new-runtime is missing",
  run: async (context, _, flags) => {
    if (flags.newRuntime !== "") {
      const { EngineError } = await import("../../../base/errors.ts");
      throw new EngineError("not-implemented", "system migrate: --new-runtime is not implemented", { hint: "create the containers anew with --runtime" });
    }
    const engine = await context.engine();
    for (const { Id } of await engine.container.list({ all: false })) {
      await context.out.write(`stopped ${Id}\n`);
      await engine.container.stop({ ref: Id });
    }
    const [{ readHostFacts }, { endPause }] = await Promise.all([import("../../../config/rootless.ts"), import("../../../config/userns/pause.ts")]);
    if (readHostFacts(context.env).rootless) endPause(context.env);
    return 0;
  },
});
