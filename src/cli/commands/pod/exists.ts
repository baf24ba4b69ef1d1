import { exists as operation } from "../../../contract/pod/exists.ts";
import { defineCommand } from "../../kit/types.ts";

export const podExists = defineCommand({
  paths: ["pod exists"],
  summary: "Tell by the exit status whether a pod exists",
  usage: "POD",
  args: { min: 1, max: 1, completion: operation.input.ref.completion ?? "pod" },
  flags: {},
  examples: ["podman pod exists podID", "podman pod exists mypod || podman pod create --name mypod"],
  run: async (context, [ref = ""]) => {
    const { isMissingPod } = await import("../../pod-targets.ts");
    try {
      await (await context.engine()).pod.exists({ ref });
      return 0;
    } catch (error) {
      if (isMissingPod(error)) return 1;
      throw error;
    }
  },
});
