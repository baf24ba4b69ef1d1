/**
 * A random workload on one store by several tools at once: this engine, a real Podman, Buildah and Skopeo. Every failure must be
 * a race that a person would expect ("no such image" after somebody else's rmi). Run by three-tools.test.ts, and by hand:
 *
 *     bun test/interop/workload.ts OURS PODMAN BUILDAH SKOPEO SECONDS [FOLDER]
 *
 * In place of a peer that is not there: `-`.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildImage, busyboxLayer, writeOciArchive } from "../harness/image.ts";

export interface Tools { readonly ours: string; readonly podman?: string | undefined; readonly buildah?: string | undefined; readonly skopeo?: string | undefined }
export interface WorkloadOptions extends Tools { readonly folder: string; readonly seconds: number; readonly env?: Readonly<Record<string, string>> }

/** `races` and `unexpected` by sentence, with how often; `damage`: what `system check` of either engine says at the end. */
export interface WorkloadReport {
  readonly operations: Readonly<Record<string, number>>;
  readonly races: Readonly<Record<string, number>>;
  readonly unexpected: readonly string[];
  readonly damage: readonly string[];
  readonly imagesRun: number;
}

interface Tool { readonly name: string; readonly argv: (...args: readonly string[]) => readonly string[]; readonly deeds: readonly Deed[] }
/** Arguments of one command, or of several of which a failure ends the rest. */
type Deed = (pick: Pick) => readonly (readonly string[])[];
interface Pick { name(): string; archive(): string; fresh(): string }

const archives = 5;
const names = 6;
const opsTimeoutMillis = 120_000;

/** What may go wrong when others delete and rename at the same time. Sentences of all tools; nothing of damage, locks or mounts is here. */
const races: readonly RegExp[] = [
  /image not known/, /no such image/, /identifier is not an image/, /does not resolve to an image/, /image is in use by (?:a|another) container/, /image used by /,
  /image is being used/, /unable to find a name and tag match/, /by ID with more than one tag/, /tag not known|not tagged/, /image is in use as a dependency|image has dependent child images/,
  // A container or image that somebody else's prune, rm or rmi took between two steps of ours.
  /no (?:such )?container|container not known|no container with (?:name or )?ID/, /layer not known/, /mount container .* its layer .* is missing/, /the container name .* is already in use/, /not a valid image/,
];

/** Ours, these fail never. */
const readers: ReadonlySet<string> = new Set(["images", "ps", "system"]);

/** An image that went while its list was read: the peers' lists fail as a whole then. Ours must not. */
const peerRaces: readonly RegExp[] = [/identifier is not a layer, image, or container/, /locating (?:item|image)/, /reading (?:image|manifest)/, /file does not exist/, /unexpected end of JSON input/];

function deedsOfPodman(): readonly Deed[] {
  return [
    (pick) => [["pull", "-q", `oci-archive:${pick.archive()}`]], (pick) => [["load", "-q", "-i", pick.archive()]], (pick) => [["load", "-q", "-i", pick.archive()]],
    (pick) => [["tag", pick.name(), pick.name()]], (pick) => [["untag", pick.name(), pick.name()]], (pick) => [["rmi", pick.name()]], (pick) => [["rmi", "-f", pick.name()]],
    (pick) => [["run", "--rm", "--pull=never", "--network", "none", pick.name(), "cat", "/etc/passwd"]], (pick) => [["run", "--rm", "--pull=never", "--network", "none", pick.name(), "sh", "-c", "echo 1 > /new; cat /new"]],
    (pick) => { const [container, image] = [pick.fresh(), pick.name()]; return [["run", "--name", container, "--pull=never", "--network", "none", pick.name(), "sh", "-c", `echo ${container} > /own`], ["commit", "-q", container, image], ["rm", "-f", "-t", "0", container]]; },
    () => [["image", "prune", "-f"]], () => [["images", "-a"]], () => [["ps", "-a", "--external"]], (pick) => [["image", "inspect", pick.name()]], () => [["system", "df"]],
  ];
}

const deedsOfBuildah: readonly Deed[] = [
  () => [["images", "-a"]], (pick) => [["rmi", pick.name()]], (pick) => [["tag", pick.name(), pick.name()]], (pick) => [["inspect", "--type", "image", pick.name()]],
  (pick) => { const [container, image] = [pick.fresh(), pick.name()]; return [["from", "--pull-never", "--name", container, pick.name()], ["config", "--label", `made=${container}`, container], ["commit", "-q", container, image], ["rm", container]]; },
];

function toolsOf({ ours, podman, buildah, skopeo, folder }: WorkloadOptions): readonly Tool[] {
  const store = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "overlay"];
  const engine = (program: string, name: string): Tool => ({ name, argv: (...args) => [program, ...store, "--tmpdir", join(folder, `tmp-${name}`), ...args], deeds: deedsOfPodman() });
  const spec = `containers-storage:[overlay@${join(folder, "root")}+${join(folder, "run")}]`;
  return [
    engine(ours, "ours"),
    ...(podman === undefined ? [] : [engine(podman, "podman")]),
    ...(buildah === undefined ? [] : [{ name: "buildah", argv: (...args: readonly string[]) => [buildah, ...store, ...args], deeds: deedsOfBuildah }]),
    ...(skopeo === undefined ? [] : [{
      name: "skopeo", argv: (...args: readonly string[]) => [skopeo, "--insecure-policy", ...args],
      deeds: [(pick: Pick) => [["copy", "-q", `oci-archive:${pick.archive()}`, spec + pick.name()]], (pick: Pick) => [["inspect", spec + pick.name()]]],
    }]),
  ];
}

/** Images that share their lower layers, so that removing one must leave the others'. */
function makeArchives(folder: string): readonly string[] {
  const base = busyboxLayer();
  return Array.from({ length: archives }, (_, index) => {
    const file = join(folder, `image-${index}.tar`);
    if (!existsSync(file)) {
      const own = Array.from({ length: 1 + index }, (_layer, depth) => [{ name: `layer-${depth % 3}`, content: `${depth < 2 ? "shared" : index}-${depth}\n`.repeat(2000) }]);
      writeOciArchive(buildImage({ layers: [base, ...own], config: { Cmd: ["true"] } }), file, `localhost/w:${index}`);
    }
    return file;
  });
}

/** Two workers per tool until the time is over. */
export async function workload(options: WorkloadOptions): Promise<WorkloadReport> {
  mkdirSync(options.folder, { recursive: true });
  const files = makeArchives(options.folder);
  const tools = toolsOf(options);
  const log = new Log();
  let serial = 0;
  const random = (below: number): number => Math.floor(Math.random() * below);
  const pick: Pick = { name: () => `localhost/w:${random(names)}`, archive: () => files[random(files.length)] ?? "", fresh: () => `w-${process.pid}-${serial++}` };
  const end = Date.now() + options.seconds * 1000;
  const work = async (tool: Tool): Promise<void> => {
    while (Date.now() < end) {
      const deed = tool.deeds[random(tool.deeds.length)];
      for (const args of deed?.(pick) ?? []) if (!await step(options, log, tool, args)) break;
    }
  };
  await Promise.all([...tools, ...tools].map(work));
  return { operations: log.operations, races: log.races, unexpected: log.unexpected, ...await verdict(options, tools) };
}

class Log {
  readonly operations: Record<string, number> = {};
  readonly races: Record<string, number> = {};
  readonly unexpected: string[] = [];
}

async function step(options: WorkloadOptions, log: Log, tool: Tool, args: readonly string[]): Promise<boolean> {
  const { status, stderr, stdout } = await run(options, tool.argv(...args));
  const key = `${tool.name} ${args[0]}`;
  log.operations[key] = (log.operations[key] ?? 0) + 1;
  if (status === 0) return true;
  const text = stderr.trim() === "" ? stdout.trim() : stderr.trim();
  const race = tool.name === "ours" && readers.has(args[0] ?? "") ? undefined : [...races, ...(tool.name === "ours" ? [] : peerRaces)].find((pattern) => pattern.test(text));
  if (race === undefined) log.unexpected.push(`${tool.name} ${args.join(" ")}: status ${status}: ${text.slice(0, 600)}`);
  else { const name = `${tool.name} ${args[0]}: ${race.source}`; log.races[name] = (log.races[name] ?? 0) + 1; }
  return false;
}

/** Everything stands still: both engines find the store sound, every image runs, and everything can be removed to the last layer. */
async function verdict(options: WorkloadOptions, tools: readonly Tool[]): Promise<{ readonly damage: readonly string[]; readonly imagesRun: number }> {
  const damage: string[] = [];
  const engines = tools.filter(({ name }) => name === "ours" || name === "podman");
  const must = async (tool: Tool, ...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(options, tool.argv(...args));
    if (status !== 0) damage.push(`${tool.name} ${args.join(" ")}: status ${status}: ${(stderr + stdout).slice(0, 2000)}`);
    return stdout;
  };
  for (const tool of engines) await must(tool, "rm", "-a", "-f", "-t", "0");
  for (const tool of tools.filter(({ name }) => name === "buildah")) await must(tool, "rm", "-a");
  for (const tool of engines) await must(tool, "system", "check");
  const [ours] = engines;
  if (ours === undefined) return { damage, imagesRun: 0 };
  const images = [...new Set((await must(ours, "images", "-a", "-q", "--no-trunc")).trim().split("\n").filter((id) => id !== ""))];
  for (const tool of engines) for (const id of images) await must(tool, "run", "--rm", "--network", "none", id, "cat", "/etc/passwd");
  // Twice the same list: nobody sees what the other does not.
  const lists = await Promise.all(engines.map((tool) => must(tool, "images", "-a", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}")));
  const sorted = lists.map((list) => [...new Set(list.trim().split("\n"))].toSorted().join("\n"));
  if (new Set(sorted).size > 1) damage.push(`the lists differ:\n${sorted.join("\n---\n")}`);
  await must(ours, "rmi", "-a", "-f");
  const layers = Bun.file(join(options.folder, "root/overlay-layers/layers.json"));
  const left: unknown = await layers.exists() ? await layers.json() : [];
  if (Array.isArray(left) && left.length > 0) damage.push(`layers without an image: ${JSON.stringify(left)}`);
  return { damage, imagesRun: images.length };
}

async function run({ folder, env = {} }: WorkloadOptions, argv: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe", cwd: folder, timeout: opsTimeoutMillis, killSignal: "SIGKILL", env: { ...process.env, ...env } });
  const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { status: child.signalCode === null ? status : 128, stdout, stderr: child.signalCode === null ? stderr : `killed after ${opsTimeoutMillis} ms\n${stderr}` };
}

if (import.meta.main) {
  const [ours = "", podman, buildah, skopeo, seconds = "10", folder] = process.argv.slice(2);
  const given = (program: string | undefined): string | undefined => (program === "-" ? undefined : program);
  const at = folder ?? mkdtempSync("/var/tmp/workload-");
  const report = await workload({ ours, podman: given(podman), buildah: given(buildah), skopeo: given(skopeo), seconds: Number(seconds), folder: at });
  console.log(JSON.stringify(report, undefined, 2));
  if (folder === undefined) rmSync(at, { recursive: true, force: true });
  process.exitCode = report.unexpected.length + report.damage.length === 0 ? 0 : 1;
}
