/** Podman's sentences for names and --latest, for `args.check`. */
import type { ArgRule } from "./types.ts";

type Check = NonNullable<ArgRule["check"]>;

/** One name, or --latest. */
export const oneOrLatest: Check = (args, flags, path) => {
  if (args.length > 1) return `\`${path}\` accepts at most one argument`;
  return someOrLatest(args, flags, path);
};

/** At least one name, or --latest. */
export const someOrLatest: Check = (args, flags, path) => {
  if (args.length === 0 && flags.latest !== true) return `"${path}" requires a name, id, or the "--latest" flag`;
  return args.length > 0 && flags.latest === true ? "--latest and containers cannot be used together" : undefined;
};

/** What `inspect` takes. */
export const inspectTargets: Check = (args, flags) => {
  if (args.length > 0 && flags.latest === true) return "--latest and arguments cannot be used together";
  return args.length === 0 && flags.latest !== true ? "no names or ids specified" : undefined;
};

/** Names, --all or --latest, or nothing at all. */
export const optionalTargets: Check = (args, flags) => {
  if (flags.all === true && flags.latest === true) return "--all and --latest cannot be used together";
  if (args.length > 0 && flags.all === true) return "no arguments are needed with --all";
  return args.length > 0 && flags.latest === true ? "--latest and containers cannot be used together" : undefined;
};
