import { tree as operation } from "../../../contract/image/tree.ts";
import { defineCommand } from "../../kit/types.ts";

export const imageTreeCommand = defineCommand({
  paths: ["image tree"],
  summary: operation.summary,
  usage: "[options] IMAGE",
  args: { min: 1, max: 1, completion: "image" },
  flags: { whatRequires: { kind: "bool", name: "whatrequires", default: false, field: operation.input.whatRequires } },
  examples: ["podman image tree alpine:latest"],
  run: async (context, [ref = ""], { whatRequires }) => {
    const { Tree } = await (await context.engine()).image.tree({ ref, whatRequires });
    await context.out.write(`${Tree}\n`);
  },
});
