/** `podman system df`. */
import type { ContainerUsage, DiskUsage, ImageUsage, VolumeUsage } from "../../contract/types/disk-usage.ts";
import { humanDuration, humanSize } from "../../formats/go/human.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";
import { renderList, type Column } from "../render.ts";

export async function showDiskUsage(context: CommandContext, { format, verbose }: { readonly format?: string | undefined; readonly verbose: boolean }): Promise<void> {
  if (format !== undefined && verbose) throw usageError("cannot combine --format and --verbose flags");
  const usage = await (await context.engine()).system.df({});
  if (verbose) { await showEach(context, usage); return; }
  const rows = [imagesRow(usage), containersRow(usage.Containers), volumesRow(usage.Volumes)];
  await renderList(context, rows, {
    name: "df", format, jsonIndent: 4,
    columns: [
      { header: "TYPE", cell: ({ Type }) => Type }, { header: "TOTAL", cell: ({ Total }) => String(Total) }, { header: "ACTIVE", cell: ({ Active }) => String(Active) },
      { header: "SIZE", cell: ({ Size }) => Size }, { header: "RECLAIMABLE", cell: ({ Reclaimable }) => Reclaimable },
    ],
  });
}

interface Summary { readonly Type: string; readonly Total: number; readonly Active: number; readonly RawSize: number; readonly RawReclaimable: number; readonly TotalCount: number; readonly Size: string; readonly Reclaimable: string }

function summary(Type: string, Total: number, Active: number, RawSize: number, RawReclaimable: number): Summary {
  const percent = RawSize > 0 ? Math.round(RawReclaimable / RawSize * 100) : 0;
  return { Type, Total, Active, RawSize, RawReclaimable, TotalCount: Total, Size: humanSize(RawSize), Reclaimable: `${humanSize(RawReclaimable)} (${percent}%)` };
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function imagesRow({ Images, ImagesSize }: DiskUsage): Summary {
  const used = [...new Map(Images.map((image) => [image.ImageID, image])).values()].filter(({ Containers }) => Containers > 0);
  return summary("Images", Images.length, used.length, ImagesSize, ImagesSize - sum(used.map(({ UniqueSize }) => UniqueSize)));
}
function containersRow(containers: readonly ContainerUsage[]): Summary {
  const idle = containers.filter(({ Status }) => Status !== "running");
  return summary("Containers", containers.length, containers.length - idle.length, sum(containers.map(({ RWSize }) => RWSize)), sum(idle.map(({ RWSize }) => RWSize)));
}
function volumesRow(volumes: readonly VolumeUsage[]): Summary {
  return summary("Local Volumes", volumes.length, sum(volumes.map(({ Links }) => Links)), sum(volumes.map(({ Size }) => Size)), sum(volumes.map(({ ReclaimableSize }) => ReclaimableSize)));
}

const age = (created: string): string => humanDuration(Date.now() - Date.parse(created));

const imageColumns: readonly Column<ImageUsage>[] = [
  { header: "REPOSITORY", cell: (row) => row.Repository }, { header: "TAG", cell: (row) => row.Tag }, { header: "IMAGE ID", cell: (row) => row.ImageID.slice(0, 12) },
  { header: "CREATED", cell: (row) => age(row.Created) }, { header: "SIZE", cell: (row) => humanSize(row.Size) }, { header: "SHARED SIZE", cell: (row) => humanSize(row.SharedSize) },
  { header: "UNIQUE SIZE", cell: (row) => humanSize(row.UniqueSize) }, { header: "CONTAINERS", cell: (row) => String(row.Containers) },
];
const containerColumns: readonly Column<ContainerUsage>[] = [
  { header: "CONTAINER ID", cell: (row) => row.ContainerID.slice(0, 12) }, { header: "IMAGE", cell: (row) => row.Image.slice(0, 12) }, { header: "COMMAND", cell: (row) => row.Command.join(" ") },
  { header: "LOCAL VOLUMES", cell: (row) => String(row.LocalVolumes) }, { header: "SIZE", cell: (row) => humanSize(row.RWSize) }, { header: "CREATED", cell: (row) => age(row.Created) },
  { header: "STATUS", cell: (row) => row.Status }, { header: "NAMES", cell: (row) => row.Names },
];
const volumeColumns: readonly Column<VolumeUsage>[] = [
  { header: "VOLUME NAME", cell: (row) => row.VolumeName }, { header: "LINKS", cell: (row) => String(row.Links) }, { header: "SIZE", cell: (row) => humanSize(row.Size) },
];

async function showEach(context: CommandContext, { Images, Containers, Volumes }: DiskUsage): Promise<void> {
  await context.out.write("Images space usage:\n\n");
  await renderList(context, Images, { name: "df", columns: imageColumns });
  await context.out.write("\nContainers space usage:\n\n");
  await renderList(context, Containers, { name: "df", columns: containerColumns });
  await context.out.write("\nLocal Volumes space usage:\n\n");
  await renderList(context, Volumes, { name: "df", columns: volumeColumns });
}
