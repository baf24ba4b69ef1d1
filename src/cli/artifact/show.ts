/** `podman artifact ls` and `inspect`. */
import type { Artifact } from "../../contract/artifact/operations.ts";
import { humanDuration, humanSize } from "../../formats/go/human.ts";
import { parseReference, nameOf } from "../../formats/reference.ts";
import type { CommandContext } from "../kit/types.ts";
import { isJson, renderFormat, renderJson, renderList } from "../render.ts";

interface ListFlags { readonly format?: string | undefined; readonly noTrunc: boolean; readonly noheading: boolean }

class ArtifactRow {
  readonly #artifact: Artifact;
  readonly #noTrunc: boolean;
  constructor(artifact: Artifact, noTrunc: boolean) { this.#artifact = artifact; this.#noTrunc = noTrunc; }
  get #created(): string { return this.#artifact.Manifest.annotations?.["org.opencontainers.image.created"] ?? ""; }
  get #bytes(): number { return this.#artifact.Manifest.layers.reduce((sum, { size }) => sum + size, 0); }
  get Repository(): string { return nameOf(parseReference(this.#artifact.Name)); }
  get Tag(): string { return parseReference(this.#artifact.Name).tag ?? ""; }
  get Digest(): string { const hex = this.#artifact.Digest.replace(/^.*:/, ""); return this.#noTrunc ? hex : hex.slice(0, 12); }
  get Created(): string { return this.#created === "" ? "" : `${humanDuration(Date.now() - Date.parse(this.#created))} ago`; }
  get CreatedAt(): string { return this.#created === "" ? "" : `${this.#created.replace("T", " ").replace(/Z$/, "")} +0000 UTC`; }
  get Size(): string { return humanSize(this.#bytes); }
  get VirtualSize(): string { return String(this.#bytes); }
}

export async function listArtifacts(context: CommandContext, { format, noTrunc, noheading }: ListFlags): Promise<void> {
  const { artifact } = await context.engine();
  const rows = (await artifact.list({})).map((each) => new ArtifactRow(each, noTrunc));
  await renderList(context, rows, {
    name: "ls", format, noHeading: noheading,
    columns: [
      { header: "REPOSITORY", cell: (row) => row.Repository }, { header: "TAG", cell: (row) => row.Tag }, { header: "DIGEST", cell: (row) => row.Digest },
      { header: "CREATED", cell: (row) => row.Created }, { header: "SIZE", cell: (row) => row.Size },
    ],
  });
}

export async function inspectArtifact(context: CommandContext, ref: string, format: string): Promise<void> {
  const { artifact } = await context.engine();
  const found = await artifact.inspect({ ref });
  if (format === "" || isJson(format)) { await renderJson(context, found, 5); return; }
  await renderFormat(context, "inspect", format.endsWith("\n") ? format : `${format}\n`, withGoNames(found));
}

/** JSON has lower-case names, templates Go's: both lead to the same values, and JSON of a part stays as it is. */
function withGoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withGoNames);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, name === "annotations" ? part : withGoNames(part)]));
  for (const [name, part] of Object.entries(copy)) {
    const goName = name.charAt(0).toUpperCase() + name.slice(1);
    if (goName !== name) Object.defineProperty(copy, goName, { value: part, enumerable: false });
  }
  return copy;
}
