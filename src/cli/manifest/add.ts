/** `podman manifest add`. */
import { randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { basename } from "node:path";
import { within } from "../../base/errors.ts";
import { modify as operation } from "../../contract/manifest/modify.ts";
import type { InputOf } from "../../contract/kit.ts";
import { encodeRequest } from "../../contract/wire.ts";
import { registryInput } from "../image/registry-flags.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { entryInput, tlsInput } from "./flags.ts";

type ModifyInput = InputOf<typeof operation.input>;

interface AddValues {
  readonly all: boolean; readonly annotation: readonly string[]; readonly arch?: string | undefined; readonly features: readonly string[]; readonly os?: string | undefined;
  readonly osVersion?: string | undefined; readonly variant?: string | undefined; readonly artifact: boolean; readonly artifactConfig?: string | undefined; readonly artifactConfigType?: string | undefined;
  readonly artifactExcludeTitles: boolean; readonly artifactLayerType?: string | undefined; readonly artifactSubject?: string | undefined; readonly artifactType?: string | undefined;
  readonly authfile?: string | undefined; readonly certDir?: string | undefined; readonly creds?: string | undefined; readonly insecure: boolean; readonly tlsVerify: boolean;
}

const artifactFlags = ["artifact-type", "artifact-config", "artifact-config-type", "artifact-layer-type", "artifact-subject", "artifact-exclude-titles"];

export async function addToList(context: CommandContext, [name = "", ...items]: readonly string[], values: AddValues): Promise<void> {
  const { authfile, certDir, creds } = values;
  const stray = values.artifact ? [] : artifactFlags.filter((flag) => context.changed(flag)).map((flag) => `--${flag}`);
  if (stray.length > 0) throw usageError(`${stray.join("/")} ${stray.length === 1 ? "requires" : "require"} --artifact`);
  const input: ModifyInput = {
    name, operation: "update", ...(values.annotation.length === 0 ? {} : { annotation: values.annotation }), ...entryInput(values),
    ...await registryInput(context, { authfile, certDir, creds }), ...tlsInput(context, values),
  };
  const { manifest } = await context.engine();
  const options = { signal: context.signal };
  const report = !values.artifact ? await manifest.modify({ ...input, images: items, ...(values.all ? { all: true } : {}) }, options)
    : context.isRemote ? await manifest.addFiles(...uploadOf(context, { ...input, ...artifactInput(values) }, items)) : await manifest.modify({ ...input, ...artifactInput(values), artifactFiles: items }, options);
  await context.out.write(`${report.Id}\n`);
}

function artifactInput({ artifactConfig = "", artifactConfigType, artifactExcludeTitles, artifactLayerType, artifactSubject, artifactType }: AddValues): Partial<ModifyInput> {
  return {
    ...(artifactConfig === "" ? {} : { artifactConfig: readConfig(artifactConfig) }), ...(artifactConfigType === undefined ? {} : { artifactConfigType }), ...(artifactExcludeTitles ? { artifactExcludeTitles } : {}),
    ...(artifactLayerType === undefined ? {} : { artifactLayerType }), ...(artifactSubject === undefined ? {} : { artifactSubject }), ...(artifactType === undefined ? {} : { artifactType }),
  };
}

function readConfig(path: string): string {
  try { return readFileSync(path, "utf8"); } catch (error) { throw within(`open ${path}`, error); }
}

/** The files travel with the request: first the request itself, then each file. */
function uploadOf({ signal }: CommandContext, input: ModifyInput, files: readonly string[]): Parameters<Awaited<ReturnType<CommandContext["engine"]>>["manifest"]["addFiles"]> {
  const boundary = randomUUID();
  const { body } = encodeRequest(operation, input);
  return [{ name: input.name, contentType: `multipart/form-data; boundary=${boundary}` }, { signal, body: parts(body, files, boundary) }];
}

async function* parts(request: unknown, files: readonly string[], boundary: string): AsyncGenerator<Uint8Array> {
  const { writeParts } = await import("../../formats/multipart.ts");
  yield* writeParts([
    { name: "request", contentType: "application/json", data: once(JSON.stringify(request)) },
    ...files.map((file) => ({ name: basename(file), filename: basename(file), contentType: "application/octet-stream", data: createReadStream(file) as AsyncIterable<Uint8Array> })),
  ], boundary);
}
async function* once(text: string): AsyncGenerator<Uint8Array> { yield Buffer.from(text); }
