/** `podman history`. */
import type { HistoryLayer } from "../../contract/types/image-reports.ts";
import { humanDuration, humanSize } from "../../formats/go/human.ts";
import { goJson } from "../../formats/manifest-write.ts";
import type { CommandContext } from "../kit/types.ts";

interface HistoryFlags { readonly format?: string | undefined; readonly human: boolean; readonly noTrunc: boolean; readonly quiet: boolean }

/** Longest "created by" that is shown whole. */
const shownCommand = 45;

class HistoryRow {
  readonly #layer: HistoryLayer;
  readonly #flags: HistoryFlags;
  constructor(layer: HistoryLayer, flags: HistoryFlags) { this.#layer = layer; this.#flags = flags; }
  get ID(): string { return this.#flags.noTrunc ? this.#layer.Id : this.#layer.Id.slice(0, 12); }
  get Created(): string { return this.#flags.human ? `${humanDuration(Date.now() - Date.parse(timeOf(this.#layer)))} ago` : this.CreatedAt; }
  get CreatedSince(): string { return this.Created; }
  get CreatedAt(): string { return timeOf(this.#layer).replace(/\.\d+(?=Z|[+-])/, ""); }
  get CreatedBy(): string {
    const text = this.#layer.CreatedBy;
    return this.#flags.noTrunc || text.length <= shownCommand ? text : `${text.slice(0, shownCommand - 3)}...`;
  }
  get Size(): string { return humanSize(this.#layer.Size, 3); }
  get Comment(): string { return this.#layer.Comment; }
  get Tags(): readonly string[] { return this.#layer.Tags ?? []; }
}

function timeOf({ Created, CreatedTime }: HistoryLayer): string { return CreatedTime ?? new Date(Created * 1000).toISOString().replace(".000Z", "Z"); }

export async function showHistory(context: CommandContext, ref: string, flags: HistoryFlags): Promise<void> {
  const layers = await (await context.engine()).image.history({ ref });
  const { isJson, renderList } = await import("../render.ts");
  if (flags.format !== undefined && isJson(flags.format)) { await context.out.write(`${goJson(layers.map(jsonOf))}\n`); return; }
  const rows = layers.map((layer) => new HistoryRow(layer, flags));
  if (flags.quiet) { await context.out.write(rows.map(({ ID }) => `${ID}\n`).join("")); return; }
  await renderList(context, rows, {
    name: "history", format: flags.format, headers: { CreatedBy: "CREATED BY" },
    columns: [{ header: "ID", cell: (row) => row.ID }, { header: "CREATED", cell: (row) => row.Created }, { header: "CREATED BY", cell: (row) => row.CreatedBy }, { header: "SIZE", cell: (row) => row.Size }, { header: "COMMENT", cell: (row) => row.Comment }],
  });
}

/** Podman's mixture of cases. */
function jsonOf(layer: HistoryLayer): object {
  const created = timeOf(layer);
  return {
    id: layer.Id, created, ...(layer.CreatedBy === "" ? {} : { CreatedBy: layer.CreatedBy }), ...(layer.Tags === null ? {} : { tags: layer.Tags }), size: layer.Size,
    ...(layer.Comment === "" ? {} : { comment: layer.Comment }), Created: created.replace(/\.\d+(?=Z|[+-])/, ""),
  };
}
