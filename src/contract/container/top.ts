import { defineOperation, list, output, text } from "../kit.ts";

export interface TopReport { readonly Titles: readonly string[]; readonly Processes: readonly (readonly string[])[] }

export const top = defineOperation({
  name: "container.top",
  summary: "Show a container's processes",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    descriptors: list("Format descriptors (user, pid, …) or arguments of ps(1)", { wire: "ps_args" }),
  },
  output: output<TopReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "GET", path: "/containers/{ref}/top" },
});

/** Columns that can be asked for by name. */
export const topDescriptors = [
  "args", "capamb", "capbnd", "capeff", "capinh", "capprm", "comm", "etime", "group", "groups", "hgroup",
  "hgroups", "hpid", "huid", "huser", "label", "nice", "pcpu", "pgid", "pid", "ppid", "rgroup", "rss",
  "ruser", "seccomp", "state", "stime", "time", "tty", "uid", "user", "vsz",
] as const;
