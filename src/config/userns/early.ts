/** Whether a command line surely needs the user namespace, decided before anything is loaded: it saves reading the program's code twice. */
import type { Environment } from "../rootless.ts";

/** Commands that always open this machine's engine. One that is missing here enters later, when it opens the engine. */
const local = new Set([
  "attach", "build", "commit", "container", "cp", "create", "diff", "events", "exec", "export", "history", "image", "images", "import", "info", "init", "inspect", "kill", "kube",
  "load", "logs", "network", "pause", "pod", "port", "ps", "pull", "push", "rename", "restart", "rm", "rmi", "run", "save", "secret", "start", "stats", "stop", "tag", "top",
  "unpause", "unshare", "untag", "update", "volume", "wait",
]);

const localSystem = new Set(["check", "df", "info", "prune", "reset"]);

/** True only when nothing on the line or in the environment may lead elsewhere (another machine, help, the parent's namespace). */
export function surelyNeedsEngine(args: readonly string[], env: Environment): boolean {
  const [command, verb] = args;
  if (command === undefined || !(local.has(command) || command === "system" && localSystem.has(verb ?? ""))) return false;
  if (env["CONTAINER_HOST"] !== undefined || env["CONTAINER_CONNECTION"] !== undefined) return false;
  if (verb === "mount" || verb === "scp" || verb === undefined && command !== "ps" && command !== "images" && command !== "info") return false;
  return !args.some((word) => word === "--help" || word === "-h" || word === "--remote" || word === "--url" || word === "--connection");
}
