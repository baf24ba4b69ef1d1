/** Flags of `run` and `create` → ContainerCreate. A table of contents; each group converts its own. */
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import type { CommandContext, ValuesOf } from "../kit/types.ts";
import { dropUndefined } from "../flag-values.ts";
import { healthFlags } from "./flags-health.ts";
import { imageFlags } from "./flags-image.ts";
import { networkFlags } from "./flags-network.ts";
import { processFlags } from "./flags-process.ts";
import { resourceFlags } from "./flags-resources.ts";
import { securityFlags } from "./flags-security.ts";
import { storageFlags } from "./flags-storage.ts";

export { dropUndefined, readEnvFile, readFlagFile, usage } from "../flag-values.ts";
export const createFlags = { ...processFlags, ...imageFlags, ...networkFlags, ...storageFlags, ...resourceFlags, ...securityFlags, ...healthFlags } as const;
export type CreateFlags = ValuesOf<typeof createFlags>;
export type FlagContext = Pick<CommandContext, "changed" | "env" | "isRemote" | "argv">;

/** `args` are image (or root file system) and command. @throws invalid-argument with podman's sentences */
export async function toContainerCreate(context: FlagContext, args: readonly string[], flags: CreateFlags): Promise<ContainerCreate> {
  const [{ processPart }, { networkPart }, { storagePart, imageVolumeMode }, { resourcesPart }, { securityPart, namespacesPart }, { healthPart }] = await Promise.all([
    import("./process.ts"), import("./network.ts"), import("./storage.ts"), import("./resources.ts"), import("./security.ts"), import("./health.ts"),
  ]);
  const [image = "", ...command] = args;
  return dropUndefined<ContainerCreate>({
    ...(flags.rootfs ? { rootfs: rootfsOf(image) } : { image }),
    ...(command.length > 0 && { command }),
    ...processPart(context, flags),
    security: securityPart(context, flags),
    namespaces: namespacesPart(context, flags),
    network: networkPart(context, flags),
    storage: storagePart(flags), imageVolumeMode: imageVolumeMode(flags.imageVolume),
    resources: resourcesPart(context, flags),
    health: healthPart(context, flags),
    createCommand: context.argv,
  });
}

/** `path[:O][:idmap[=…]]`. */
function rootfsOf(text: string): { readonly path: string; readonly overlay?: boolean; readonly idmap?: string } {
  const words = text.split(":");
  const isOption = (word: string): boolean => word === "O" || word.startsWith("idmap");
  const [path, options] = words.length > 1 && words.slice(1).every(isOption) ? [words[0] ?? "", words.slice(1)] : [text, []];
  const idmap = options.find((option) => option.startsWith("idmap"));
  return { path, ...(options.includes("O") && { overlay: true }), ...(idmap !== undefined && { idmap: idmap.replace(/^idmap=?/, "") }) };
}
