/** What `system df` reports: libpod's names on the wire. Sizes are bytes, times RFC 3339. */
export interface DiskUsage {
  readonly ImagesSize: number;
  readonly Images: readonly ImageUsage[];
  readonly Containers: readonly ContainerUsage[];
  readonly Volumes: readonly VolumeUsage[];
}
/** One per name of an image. */
export interface ImageUsage {
  readonly Repository: string;
  readonly Tag: string;
  readonly ImageID: string;
  readonly Created: string;
  readonly Size: number;
  /** Of layers that other images have too. */
  readonly SharedSize: number;
  readonly UniqueSize: number;
  readonly Containers: number;
}
export interface ContainerUsage {
  readonly ContainerID: string;
  readonly Image: string;
  readonly Command: readonly string[];
  readonly LocalVolumes: number;
  readonly Size: number;
  /** Of the writable layer. */
  readonly RWSize: number;
  readonly Created: string;
  readonly Status: string;
  readonly Names: string;
}
export interface VolumeUsage {
  readonly VolumeName: string;
  /** Containers that use it. */
  readonly Links: number;
  readonly Size: number;
  readonly ReclaimableSize: number;
}
