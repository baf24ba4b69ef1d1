/** Events on the wire have the shape of Docker's messages, with `HealthStatus` beside. */
import type { EventRecord } from "../types/event.ts";

export interface WireEvent {
  readonly status: string;
  readonly id: string;
  readonly from: string;
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: string;
  readonly time: number;
  readonly timeNano: number;
  readonly HealthStatus?: string;
}

const own = ["image", "name", "network", "podId", "error", "containerExitCode"] as const;

export function eventToWire(event: EventRecord): WireEvent {
  const named = {
    image: event.image ?? "", name: event.name ?? "", podId: event.podId ?? "",
    ...(event.containerExitCode === undefined ? {} : { containerExitCode: String(event.containerExitCode) }),
    ...(event.network === undefined ? {} : { network: event.network }),
    ...(event.error === undefined ? {} : { error: event.error }),
  };
  return {
    status: event.status, id: event.id ?? "", from: event.image ?? "", Type: event.type, Action: event.status,
    Actor: { ID: event.id ?? "", Attributes: { ...event.attributes, ...named } },
    scope: "local", time: Math.floor(Number(BigInt(event.timeNano) / 1_000_000_000n)), timeNano: Number(event.timeNano),
    ...(event.healthStatus === undefined ? {} : { HealthStatus: event.healthStatus }),
  };
}

/** The zone and the last digits of the nanoseconds do not survive the wire. */
export function eventFromWire(wire: WireEvent): EventRecord {
  const all = wire.Actor.Attributes;
  const attributes = Object.fromEntries(Object.entries(all).filter(([name]) => !(own as readonly string[]).includes(name)));
  const nanos = BigInt(Math.round(wire.timeNano));
  const text = (name: (typeof own)[number]): Record<string, string> => (all[name] === undefined || all[name] === "" ? {} : { [name]: all[name] });
  return {
    type: wire.Type, status: wire.Action, timeNano: String(nanos), attributes,
    time: `${new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19)}.${String(nanos % 1_000_000_000n).padStart(9, "0")}Z`,
    ...(wire.Actor.ID === "" ? {} : { id: wire.Actor.ID }),
    ...text("image"), ...text("name"), ...text("network"), ...text("podId"), ...text("error"),
    ...(all["containerExitCode"] === undefined ? {} : { containerExitCode: Number(all["containerExitCode"]) }),
    ...(wire.HealthStatus === undefined ? {} : { healthStatus: wire.HealthStatus }),
  };
}
