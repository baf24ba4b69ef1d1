/** What image operations report; field names and their absence are Podman's, on the wire and in `--format json`. */
import type { ProgressEvent } from "../kit.ts";
import type { ContainerDefaults, HistoryEntry } from "./oci.ts";

/** One image of `GET /images/json`. */
export interface ListImage {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[];
  /** Seconds since 1970. */
  readonly Created: number;
  readonly Size: number;
  readonly SharedSize: number;
  readonly VirtualSize: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** Containers that use it. */
  readonly Containers: number;
  readonly ReadOnly?: boolean;
  readonly Dangling?: boolean;
  readonly Arch?: string;
  readonly Digest?: string;
  readonly History?: readonly string[];
  readonly IsManifestList?: boolean;
  readonly Names?: readonly string[];
  readonly Os?: string;
  /** Why the image is of no use: what is missing or cannot be read. Not Podman's, whose list fails then. */
  readonly Damage?: string;
}

/** `image inspect`. */
export interface InspectImage {
  readonly Id: string;
  readonly Digest: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent: string;
  readonly Comment: string;
  readonly Created?: string | null;
  readonly Config: ContainerDefaults;
  readonly Version: string;
  readonly Author: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Size: number;
  readonly VirtualSize: number;
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> };
  readonly RootFS: { readonly Type: string; readonly Layers: readonly string[] };
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Annotations: Readonly<Record<string, string>>;
  readonly ManifestType: string;
  readonly User: string;
  readonly History: readonly HistoryEntry[] | null;
  readonly NamesHistory: readonly string[] | null;
  readonly Healthcheck?: NonNullable<ContainerDefaults["Healthcheck"]>;
}

/** One line of a pull. The last one has `images` and `id`. */
export interface PullItem {
  /** A line for people, with its newline. */
  readonly stream?: string;
  readonly error?: string;
  readonly images?: readonly string[];
  readonly id?: string;
  /** For progress bars; not part of Podman's answer. */
  readonly progress?: ProgressEvent;
}
/** One line of a push. The last one has the digest. */
export interface PushItem { readonly stream?: string; readonly error?: string; readonly manifestdigest?: string; readonly progress?: ProgressEvent }

export interface RemoveImagesReport {
  readonly Deleted?: readonly string[];
  readonly Untagged?: readonly string[];
  readonly Errors?: readonly string[];
  /** 0; 1 all errors say "no such image"; 2 an image is in use; 125 else. */
  readonly ExitCode: number;
}
export interface LoadReport { readonly Names: readonly string[] }
export interface ImportReport { readonly Id: string }

/** One result of a registry search; with `listTags` one tag. */
export interface SearchResult {
  readonly Index: string;
  readonly Name: string;
  readonly Description: string;
  readonly Stars: number;
  /** `[OK]` or empty. */
  readonly Official: string;
  readonly Automated: string;
  readonly Tag: string;
}

/** One step of an image's history, newest first. */
export interface HistoryLayer {
  readonly Id: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Tags: readonly string[] | null;
  readonly Size: number;
  readonly Comment: string;
  /** With fractions of a second, as in the configuration; ours only. */
  readonly CreatedTime?: string;
}

/** Credentials as registry headers carry them. */
export interface RegistryAuth { readonly username?: string; readonly password?: string; readonly identitytoken?: string }
export type PullPolicy = "always" | "missing" | "never" | "newer";
