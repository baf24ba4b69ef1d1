/** An inspected container on the wire is the JSON that people see; what JSON leaves out and templates show comes back here. Pure. */
import type { InspectContainer } from "../types/container-inspect.ts";

export const inspectToWire = (container: InspectContainer): InspectContainer => container;

/** A container without networks has an empty map of them, in templates only. */
export function inspectFromWire(wire: InspectContainer): InspectContainer {
  const settings = wire.NetworkSettings;
  if (typeof settings === "object" && settings.Networks === undefined) Object.defineProperty(settings, "Networks", { value: {}, enumerable: false });
  return wire;
}
