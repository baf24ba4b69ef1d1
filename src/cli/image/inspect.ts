/** `podman image inspect`: everything that was found is shown, then what was not is an error. */
import { messageOf } from "../../base/errors.ts";
import type { InspectImage } from "../../contract/types/image-reports.ts";
import { withId } from "../list/inspect.ts";
import type { CommandContext } from "../kit/types.ts";

export async function inspectImages(context: CommandContext, names: readonly string[], format: string): Promise<number> {
  const engine = await context.engine();
  const found: InspectImage[] = [];
  const failures: unknown[] = [];
  for (const ref of names) {
    try { found.push(await engine.image.inspect({ ref })); } catch (error) { failures.push(error); }
  }
  const { isJson, renderFormat, renderJson } = await import("../render.ts");
  if (isJson(format)) await renderJson(context, found, 5);
  else for (const image of found) await renderFormat(context, "inspect", format.endsWith("\n") ? format : `${format}\n`, withId(image, "*inspect.ImageData").report);
  const last = failures.pop();
  for (const failure of failures) await context.err.write(`Error: ${messageOf(failure)}\n`);
  if (last !== undefined) throw last;
  return 0;
}
