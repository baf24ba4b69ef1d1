/** A volume as `volume inspect` shows it; field names and their absence are Podman's. */
export interface InspectVolume {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly CreatedAt: string;
  readonly Status?: Readonly<Record<string, unknown>>;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Scope: string;
  readonly Options: Readonly<Record<string, string>>;
  readonly UID?: number;
  readonly GID?: number;
  readonly Anonymous?: boolean;
  readonly MountCount: number;
  readonly NeedsCopyUp?: boolean;
  readonly NeedsChown?: boolean;
  readonly Timeout?: number;
  readonly StorageID?: string;
  readonly LockNumber: number;
}
