/** Defaults that containers.conf sets, for help. Loads the configuration; used when help is shown only. */
import { loadConfig } from "../../config/load.ts";
import type { CommandContext, Flags, GlobalOptions } from "./types.ts";

/** The flags with the defaults that are in force. Without a readable configuration they stay as declared. */
export function withConfiguredDefaults(flags: Flags, global: GlobalOptions, env: CommandContext["env"]): Flags {
  if (!Object.values(flags).some(({ configured }) => configured !== undefined)) return flags;
  try {
    const config = loadConfig(global, env);
    return Object.fromEntries(Object.entries(flags).map(([key, flag]) => {
      const value = flag.configured?.(config);
      return [key, value === undefined ? flag : { ...flag, default: value }];
    }));
  } catch { return flags; }
}
