import type { StoreOptions } from "../paths.ts";

/** A driver option of storage.conf, however it was spelled: `overlay.mountopt`, `.mountopt` or `mountopt`. */
export function driverOption({ options }: Pick<StoreOptions, "options">, name: string): string | undefined {
  for (const prefix of ["overlay.", "overlay2.", "vfs.", ".", ""]) {
    const value = options[prefix + name];
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}
