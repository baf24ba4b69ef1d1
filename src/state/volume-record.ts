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
  /** Its directory gets the owner of its place in the container at the next use; never when the owner was asked for. */
  readonly needsChown: boolean;
  /** A copy-up has begun and its end was not recorded: it is done again, whatever the volume has by now. */
  readonly copying?: boolean;
  /** `volume mount`s that keep it mounted; only for volumes that are mounted, and for the boot in `bootId`. */
  readonly mountCount: number;
  /** Where a plugin or the store has mounted it, in the boot in `bootId`. */
  readonly mountedAt?: string;
  readonly bootId?: string;
  /** Of a volume of the driver `image`: its layer in the store. */
  readonly storageId?: string;
  /** Seconds that its plugin may take; the configured ones when absent. */
  readonly timeoutSeconds?: number;
}
