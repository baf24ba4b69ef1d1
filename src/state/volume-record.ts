/** A volume as it is kept. */
export interface VolumeRecord {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  readonly createdAt: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `type`, `device`, `o`, …: with a type or device it is mounted at first use. */
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
  readonly uid: number;
  readonly gid: number;
  /** Content of the image is copied into it at first use. */
  readonly needsCopyUp: boolean;
  readonly needsChown: boolean;
  /** Uses that keep it mounted; only for volumes that are mounted. */
  readonly mountCount: number;
  readonly bootId?: string;
}
