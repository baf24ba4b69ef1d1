/** `podman images`. */
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { imageFilters } from "./filters.ts";
import { imageRows, jsonOfRow, sortRows, type ImageRow } from "./image-row.ts";

interface ImagesFlags {
  readonly all: boolean; readonly digests: boolean; readonly filter: readonly string[]; readonly format?: string | undefined; readonly history: boolean;
  readonly noTrunc: boolean; readonly noheading: boolean; readonly quiet: boolean; readonly sort: string;
}

/** Damaged images are listed too, and told first: 125 then, for scripts that ask whether the storage is sound. */
export async function listImages(context: CommandContext, [name]: readonly string[], flags: ImagesFlags): Promise<number> {
  if (flags.filter.length > 0 && name !== undefined) throw usageError("cannot specify an image and a filter(s)");
  const filters = imageFilters(name === undefined ? flags.filter : [`reference=${name}`]);
  const engine = await context.engine();
  const images = await engine.image.list({ all: flags.all, ...(Object.keys(filters).length === 0 ? {} : { filters }) });
  const damages = images.flatMap(({ Damage }) => Damage ?? []);
  for (const damage of damages) await context.err.write(`Error: ${damage}\n`);
  const status = damages.length === 0 ? 0 : 125;
  const rows = sortRows(imageRows(images, flags.noTrunc), flags.sort);
  if (flags.quiet && flags.format === undefined) { await context.out.write([...new Set(rows.map(({ ID }) => `${ID}\n`))].join("")); return status; }
  const { renderList } = await import("../render.ts");
  await renderList(context, rows, {
    name: "images", format: flags.format, noHeading: flags.noheading, headers: { ID: "IMAGE ID", ReadOnly: "R/O" },
    columns: columnsOf(flags, images.at(-1)?.ReadOnly === true), json: () => rows.map(jsonOfRow), jsonIndent: 4,
  });
  return status;
}

interface ImageColumn { readonly header: string; readonly cell: (row: ImageRow) => string }

function columnsOf({ digests, history }: ImagesFlags, readOnly: boolean): readonly ImageColumn[] {
  return [
    { header: "REPOSITORY", cell: (row) => row.Repository }, { header: "TAG", cell: (row) => row.Tag },
    ...(digests ? [{ header: "DIGEST", cell: (row: ImageRow) => row.Digest }] : []),
    { header: "IMAGE ID", cell: (row) => row.ID }, { header: "CREATED", cell: (row) => row.Created }, { header: "SIZE", cell: (row) => row.Size },
    ...(history ? [{ header: "HISTORY", cell: (row: ImageRow) => (row.History === "" ? "<none>" : row.History) }] : []),
    ...(readOnly ? [{ header: "R/O", cell: (row: ImageRow) => String(row.ReadOnly) }] : []),
  ];
}
