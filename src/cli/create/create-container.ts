/** What `run` and `create` share: replace, pull when missing, create, id file. */
import { writeFileSync } from "node:fs";
import { isEngineError, within } from "../../base/errors.ts";
import type { ContainerCreate } from "../../contract/types/container-create.ts";
import type { CommandContext } from "../kit/types.ts";
import { logger } from "../log.ts";
import { toContainerCreate, usage, type CreateFlags } from "./index.ts";
import { isLocation, pullImage, pullPolicy } from "./pull.ts";

/** Creates the container and returns its id. @throws every error of pull and create; nothing stays behind then */
export async function createContainer(context: CommandContext, args: readonly string[], flags: CreateFlags, extra: Partial<ContainerCreate> = {}): Promise<string> {
  if (flags.kernelMemory !== undefined) await logger(context.global.logLevel)("warn", "The --kernel-memory flag is no longer supported. This flag is a noop.");
  const policy = pullPolicy(flags.pull);
  if (context.changed("authfile")) (await import("../../config/auth-file.ts")).checkAuthFile(flags.authfile);
  let spec: ContainerCreate = { ...await toContainerCreate(context, args, flags), ...extra };
  const engine = await context.engine();
  if (flags.replace) await replace(context, flags.name);
  const image = flags.rootfs ? undefined : spec.image;
  if (image !== undefined && isLocation(image)) {
    const [imageId] = await pullImage(context, image, flags, policy);
    spec = { ...spec, ...(imageId !== undefined && { imageId }) };
  } else if (image !== undefined && (policy === "always" || policy === "newer" || (policy === "missing" && wantsPlatform(flags)))) await pullImage(context, image, flags, policy);
  const pod = spec.pod === undefined ? undefined : await (await import("./create-pod.ts")).withNewPod(context, spec);
  if (pod !== undefined) spec = pod.spec;
  const id = await createOrPull().catch(async (error: unknown) => { await pod?.undo(); throw error; });
  if (flags.cidfile !== undefined) writeIdFile(flags.cidfile, id);
  return id;

  async function createOrPull(): Promise<string> {
    try {
      return await create();
    } catch (error) {
      if (image === undefined || policy !== "missing" || !isEngineError(error, "no-such-image")) throw error;
      // The usual case needs no look-up of its own: create knows whether the image is there.
      await pullImage(context, image, flags, policy);
      return create();
    }
  }

  async function create(): Promise<string> {
    const report = await engine.container.create({ spec }, { signal: context.signal });
    for (const warning of report.Warnings) await context.err.write(`${warning}\n`);
    return report.Id;
  }
}

/** The image that is here may be another platform's: the pull looks. */
function wantsPlatform({ arch, os, platform, variant }: CreateFlags): boolean {
  return [arch, os, platform, variant].some((value) => value !== undefined && value !== "");
}

async function replace(context: CommandContext, name: string | undefined): Promise<void> {
  if (name === undefined) throw usage("cannot replace container without --name being set");
  const engine = await context.engine();
  await engine.container.remove({ ref: name, force: true, ignore: true });
}

function writeIdFile(path: string, id: string): void {
  try { writeFileSync(path, id, { mode: 0o644 }); } catch (error) { throw within("creating idfile", error); }
}
