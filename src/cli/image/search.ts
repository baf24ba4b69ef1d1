/** `podman search`. */
import type { SearchResult } from "../../contract/types/image-reports.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { imageFilters } from "./filters.ts";
import { registryInput, type RegistryValues } from "./registry-flags.ts";

interface SearchFlags extends RegistryValues {
  readonly compatible: boolean; readonly filter: readonly string[]; readonly format?: string | undefined; readonly limit?: number | undefined; readonly listTags: boolean; readonly noTrunc: boolean;
}
/** Longest description that is shown whole. */
const shownDescription = 44;

export async function searchImages(context: CommandContext, term: string, flags: SearchFlags): Promise<void> {
  if (flags.listTags && flags.filter.length > 0) throw usageError("filters are not applicable to list tags result");
  const filters = imageFilters(flags.filter.map((filter) => (filter.includes("=") ? filter : `${filter}=true`)));
  const results = await (await context.engine()).image.search({
    term, ...await registryInput(context, flags), ...(flags.limit === undefined ? {} : { limit: flags.limit }), ...(flags.listTags ? { listTags: true } : {}),
    ...(flags.filter.length === 0 ? {} : { filters }),
  }, { signal: context.signal });
  if (results.length === 0) return;
  const { isJson, renderList } = await import("../render.ts");
  const isWhole = flags.noTrunc || (flags.format !== undefined && isJson(flags.format));
  const rows = isWhole ? results : results.map(shortened);
  const plain = [{ header: "NAME", cell: (row: SearchResult) => row.Name }];
  const docker = [{ header: "STARS", cell: (row: SearchResult) => String(row.Stars) }, { header: "OFFICIAL", cell: (row: SearchResult) => row.Official }, { header: "AUTOMATED", cell: (row: SearchResult) => row.Automated }];
  const columns = flags.listTags ? [...plain, { header: "TAG", cell: (row: SearchResult) => row.Tag }] : [...plain, { header: "DESCRIPTION", cell: (row: SearchResult) => row.Description }, ...(flags.compatible ? docker : [])];
  await renderList(context, rows, { name: "search", format: flags.format, columns, json: () => (flags.listTags ? byName(rows) : rows), jsonIndent: 4 });
}

function shortened(result: SearchResult): SearchResult {
  const { Description } = result;
  return Description.length > shownDescription ? { ...result, Description: `${Description.slice(0, shownDescription).trim()}...` } : result;
}

function byName(rows: readonly SearchResult[]): readonly object[] {
  return [...Map.groupBy(rows, ({ Name }) => Name)].map(([Name, tags]) => ({ Name, Tags: tags.map(({ Tag }) => Tag) }));
}
