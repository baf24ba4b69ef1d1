/** `podman container clone`: pulls the new image when it is missing. */
import { isEngineError } from "../../base/errors.ts";
import type { CommandContext } from "../kit/types.ts";
import { runPull } from "../image/run-pull.ts";
import { limitsPart } from "./resources.ts";
import { usage } from "./index.ts";

type Limits = Omit<Parameters<typeof limitsPart>[1], "pidsLimit" | "deviceReadIops" | "deviceWriteIops">;
export interface CloneFlags extends Limits { readonly destroy: boolean; readonly force: boolean; readonly name: string | undefined; readonly pod: string | undefined; readonly run: boolean }

export async function cloneContainer(context: CommandContext, [ref = "", name, image]: readonly string[], flags: CloneFlags): Promise<void> {
  if (flags.force && !flags.destroy) throw usage("cannot set --force without --destroy: invalid argument");
  const engine = await context.engine();
  const resources = limitsPart(context, { ...flags, pidsLimit: undefined, deviceReadIops: undefined, deviceWriteIops: undefined });
  const clone = async (): Promise<string> => engine.container.clone({
    ref, destroy: flags.destroy, force: flags.force, run: flags.run, resources,
    ...given("name", name ?? flags.name), ...given("image", image), ...given("pod", flags.pod),
  });
  const id = await clone().catch(async (error: unknown) => {
    if (image === undefined || !isEngineError(error, "no-such-image")) throw error;
    await runPull(context, image, {}, "missing");
    return clone();
  });
  await context.out.write(`${id}\n`);
}

const given = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } => (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [P in K]?: string };
