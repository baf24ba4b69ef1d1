/** `podman system check`. */
import { EngineError } from "../../base/errors.ts";
import type { CheckSummary } from "../../contract/system/check.ts";
import type { CommandContext } from "../kit/types.ts";

interface CheckFlags { readonly force: boolean; readonly max: string; readonly quick: boolean; readonly repair: boolean }

/** Exit status 125 while there is damage, after a repair too. */
export async function checkStorage(context: CommandContext, { force, max, quick, repair }: CheckFlags): Promise<void> {
  const { system } = await context.engine();
  const look = { quick, unreferencedLayerMaximumAge: max };
  const found = await system.check({ ...look, repair: repair || force, repairLossy: force });
  await context.out.write(textOf(found));
  if (!found.Errors) return;
  if (!repair && !force) throw new EngineError("failed-precondition", "damage detected in local storage", { hint: "podman system check --repair removes damaged images" });
  if ((await system.check(look)).Errors) throw new EngineError("failed-precondition", "damage in local storage still present after repair attempt");
}

function textOf(found: CheckSummary): string {
  return [
    damaged("layer", found.Layers), ...(found.RemovedLayers ?? []).map((id) => `Deleted damaged layer: ${id}\n`), damaged("read-only layer", found.ROLayers),
    damaged("image", found.Images), ...Object.keys(found.RemovedImages ?? {}).map((id) => `Deleted damaged image: ${id}\n`), damaged("read-only image", found.ROImages),
    damaged("container", found.Containers), ...Object.keys(found.RemovedContainers ?? {}).map((id) => `Deleted damaged container: ${id}\n`),
  ].join("");
}

function damaged(what: string, list: CheckSummary["Layers"] = {}): string {
  return Object.entries(list).map(([id, errors]) => `Damaged ${what} ${id}:\n${errors.length} error${errors.length === 1 ? "" : "s"} occurred:\n${errors.map((error) => `\t* ${error}\n`).join("")}\n`).join("");
}
