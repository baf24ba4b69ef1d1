/** Flags that many container commands share. */
import type { Flags } from "./kit/types.ts";

export const latestFlag = { latest: { kind: "bool", name: "latest", short: "l", default: false, doc: "Take the newest container", where: "local" } } as const satisfies Flags;
export const cidfileFlag = { cidfile: { kind: "strings", name: "cidfile", doc: "Read a container's ID from this file", completion: "file" } } as const satisfies Flags;
export const filterFlag = { filter: { kind: "strings", name: "filter", short: "f", doc: "Take the containers that match (name=value)" } } as const satisfies Flags;
export const timeFlag = { time: { kind: "int", name: "time", short: "t", aliases: ["timeout"], default: 10, doc: "Seconds to wait before the container is killed" } } as const satisfies Flags;
