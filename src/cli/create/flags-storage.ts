/** Flags of `run` and `create` about files and devices. */
import type { Flags } from "../kit/types.ts";

export const storageFlags = {
  device: { kind: "strings", name: "device", doc: "Give a device of the host (HOST[:CONTAINER][:rwm]) or of a CDI specification (VENDOR/CLASS=NAME)", completion: "file" },
  deviceCgroupRule: { kind: "csv", name: "device-cgroup-rule", doc: "Allow devices by rule (TYPE MAJOR:MINOR ACCESS)" },
  gpus: { kind: "csv", name: "gpus", doc: "GPUs to give, or all" },
  imageVolume: { kind: "string", name: "image-volume", doc: "What the image's volumes become: anonymous, bind, tmpfs or ignore", completion: ["bind", "tmpfs", "ignore", "anonymous"] },
  mount: { kind: "strings", name: "mount", doc: "Mount (type=bind|volume|tmpfs|…,source=…,target=…)" },
  readOnly: { kind: "bool", name: "read-only", default: false, doc: "Make the root file system read-only" },
  readOnlyTmpfs: { kind: "bool", name: "read-only-tmpfs", default: true, doc: "With --read-only, keep /dev, /dev/shm, /run, /tmp and /var/tmp writable" },
  shmSize: { kind: "string", name: "shm-size", placeholder: "<number>[<unit>]", doc: "Size of /dev/shm" },
  shmSizeSystemd: { kind: "string", name: "shm-size-systemd", placeholder: "<number>[<unit>]", doc: "Size of the tmpfs that systemd gets" },
  storageOpt: { kind: "strings", name: "storage-opt", doc: "Option of the storage driver for this container" },
  tmpfs: { kind: "strings", name: "tmpfs", placeholder: "tmpfs", doc: "Mount a tmpfs (PATH[:OPTIONS])" },
  volume: { kind: "strings", name: "volume", short: "v", doc: "Mount a volume or directory ([SOURCE:]PATH[:OPTIONS])" },
  volumesFrom: { kind: "strings", name: "volumes-from", doc: "Mount the volumes of another container", completion: "container" },
} as const satisfies Flags;
