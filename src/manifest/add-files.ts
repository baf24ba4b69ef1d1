import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { EngineError, isErrno } from "../base/errors.ts";
import { withUndo } from "../base/undo.ts";
import type { ByteStream, InputOf, UploadOptions } from "../contract/kit.ts";
import type { addFiles as operation } from "../contract/manifest/add-files.ts";
import { modify as modifyOperation } from "../contract/manifest/modify.ts";
import { decodeRequest } from "../contract/wire.ts";
import type { ManifestModifyReport } from "../contract/types/manifest-list.ts";
import type { EngineContext } from "../engine/context.ts";
import { boundaryOf, readParts, type Part } from "../formats/multipart.ts";
import { writeStream } from "../transports/file.ts";
import { readAll } from "../transports/verify.ts";
import { findList } from "./list-store.ts";
import { modify, type ModifyInput } from "./modify.ts";

const maxRequestBytes = 16 * 1024 * 1024;

/** The files go into a folder of the list's own and are removed with it, or when adding them fails. @throws see the operation */
export async function addFiles(context: EngineContext, { name, contentType }: InputOf<typeof operation.input>, options: UploadOptions): Promise<ManifestModifyReport> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw new EngineError("invalid-argument", "an upload of files must be multipart/form-data with a boundary");
  const { image } = await findList(context, name);
  const folder = join((await context.store()).imageDirectory(image.id), randomUUID());
  return withUndo(async (undo) => {
    undo(async () => rm(folder, { recursive: true, force: true }));
    await mkdir(folder, { mode: 0o700 });
    let request: Partial<ModifyInput> | undefined;
    const artifactFiles: string[] = [];
    for await (const part of readParts(options.body, boundary)) {
      if (request === undefined) request = await readRequest(name, part.data);
      else artifactFiles.push(await keep(folder, part, artifactFiles.length));
    }
    return modify(context, { ...request, name, operation: request?.operation ?? "", artifactFiles }, options);
  });
}

async function readRequest(name: string, data: ByteStream): Promise<Partial<ModifyInput>> {
  const text = Buffer.from(await readAll(data, maxRequestBytes, "request")).toString("utf8");
  let body: unknown;
  try { body = JSON.parse(text); } catch (cause) { throw new EngineError("invalid-argument", "decoding modify request in multipart request: not valid JSON", { cause }); }
  return decodeRequest(modifyOperation, { name }, new URLSearchParams(), body) as Partial<ModifyInput>;
}

/** @throws invalid-argument for a name that comes twice */
async function keep(folder: string, { name, filename, data }: Part, count: number): Promise<string> {
  const given = basename(filename === "" ? name : filename);
  const path = join(folder, ["", ".", ".."].includes(given) ? `upload${count}` : given);
  try {
    await using file = await open(path, "wx", 0o600);
    await writeStream(file, data);
  } catch (error) {
    if (isErrno(error, "EEXIST")) throw new EngineError("invalid-argument", `open ${path}: file exists`, { cause: error });
    throw error;
  }
  return path;
}
