import { defineCommand } from "../../kit/types.ts";

export const importVolumeCommand = defineCommand({
  paths: ["volume import"],
  summary: "Unpack a tar archive into a volume",
  usage: "VOLUME [SOURCE]",
  args: { min: 2, max: 2, completion: "volume" },
  flags: {},
  examples: ["podman volume import my_vol /home/user/import.tar", "cat ctr.tar | podman volume import my_vol -"],
  run: async (context, args) => {
    const { createReadStream, statSync } = await import("node:fs");
    const { EngineError } = await import("../../../base/errors.ts");
    const { standardInput } = await import("../../image/load.ts");
    const [ref = "", source = ""] = args;
    if (source !== "-" && statSync(source, { throwIfNoEntry: false }) === undefined) throw new EngineError("not-found", `open ${source}: no such file or directory`);
    const engine = await context.engine();
    await engine.volume.import({ ref }, { signal: context.signal, body: source === "-" ? standardInput(context) : createReadStream(source) });
  },
});
