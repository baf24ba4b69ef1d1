/** Images as Docker's clients read them. Pure. */
import type { HistoryLayer, InspectImage, ListImage, PullItem, PushItem, RemoveImagesReport } from "../../contract/types/image-reports.ts";
import type { ProgressEvent } from "../../contract/kit.ts";
import { shortId } from "../../base/ids.ts";

type Json = Readonly<Record<string, unknown>>;
const digest = (id: string): string => (id === "" || id.startsWith("sha256:") ? id : `sha256:${id}`);

export function imageToDocker(image: ListImage): Json {
  const { Id, ParentId, RepoTags, RepoDigests, Created, Size, Labels, Containers, Digest, History, Names } = image;
  return {
    Id: digest(Id), ParentId: digest(ParentId), RepoTags: RepoTags ?? [], RepoDigests, Created, Size, SharedSize: -1, Labels: Labels ?? {}, Containers,
    ...(Digest !== undefined && { Digest }), ...(History !== undefined && { History }), ...(Names !== undefined && { Names }),
  };
}

export function imageInspectToDocker(image: InspectImage): Json {
  const { Id, RepoTags, RepoDigests, Parent, Comment, Created, Author, Config, Architecture, Os, Size, GraphDriver, RootFS } = image;
  return {
    Id: digest(Id), RepoTags, RepoDigests, Parent: digest(Parent), Comment, Created: Created ?? "", DockerVersion: "", Author, Config, Architecture, Os, Size, VirtualSize: Size, GraphDriver, RootFS,
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
  };
}

export function historyToDocker({ Id, Created, CreatedBy, Tags, Size, Comment }: HistoryLayer): Json {
  return { Id: digest(Id), Created, CreatedBy, Tags, Size, Comment };
}

export function removedToDocker({ Untagged, Deleted }: RemoveImagesReport): readonly Json[] {
  return [...(Untagged ?? []).map((name) => ({ Untagged: name })), ...(Deleted ?? []).map((id) => ({ Deleted: digest(id) }))];
}

/** One line of a pull or push; undefined for what Docker has no line for. */
export function progressToDocker({ progress, stream }: Pick<PullItem, "progress" | "stream">, verb: "pull" | "push"): Json | undefined {
  const isBlob = progress?.key.startsWith("sha256:") === true;
  if (progress !== undefined && isBlob) return blobLine(progress, verb);
  const text = (progress?.message ?? stream ?? "").trimEnd();
  return text === "" ? undefined : { status: text, progressDetail: {} };
}
function blobLine(progress: ProgressEvent, verb: "pull" | "push"): Json {
  const id = shortId(progress.key.slice("sha256:".length));
  if (progress.done === true) return { status: verb === "pull" ? "Download complete" : "Pushed", progressDetail: {}, id };
  const { current = 0, total } = progress;
  if (current === 0) return { status: verb === "pull" ? "Pulling fs layer" : "Preparing", progressDetail: {}, id };
  return { status: verb === "pull" ? "Downloading" : "Pushing", progressDetail: { current, ...(total !== undefined && { total }) }, id };
}

export const failureLine = (message: string): Json => ({ errorDetail: { message }, error: message });
export type ProgressItem = PullItem | PushItem;
