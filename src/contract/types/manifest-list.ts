/** What manifest operations take and report; field names and their absence are Podman's, on the wire and in output. */
import type { ProgressEvent } from "../kit.ts";
import type { Platform } from "./oci.ts";

/** `manifest inspect`. */
export interface ManifestListData {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly manifests: readonly ManifestListDescriptor[] | null;
  readonly subject?: ManifestListDescriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface ManifestListDescriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
  readonly urls?: readonly string[];
  readonly platform: Platform & { readonly features?: readonly string[] };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  /** base64. */
  readonly data?: string;
  /** Where an artifact's files are, on the machine that has the list. */
  readonly files?: readonly string[];
}

export interface ManifestModifyReport { readonly Id: string; readonly images?: readonly string[]; readonly files?: readonly string[] }

/** One line of a push. The last one has the digest, as `Id`. */
export interface ManifestPushItem { readonly Id?: string; readonly stream?: string; readonly error?: string; readonly progress?: ProgressEvent }
