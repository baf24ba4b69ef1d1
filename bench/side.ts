/** One side of the comparison: a podman binary with storage of its own. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Material } from "./material.ts";

const benchImage = "localhost/bench:latest";

export class Side {
  readonly name: string;
  readonly folder: string;
  /** Largest resident set of any process of a command since it was last set to 0. */
  peakBytes = 0;
  /** Processor time of all commands since it was last set to 0. */
  cpuMillis = 0;
  readonly #argv: readonly string[];
  #material: Material | undefined;

  constructor(name: string, binary: string, folder: string) {
    this.name = name;
    this.folder = folder;
    this.#argv = [binary, "--root", `${folder}/root`, "--runroot", `${folder}/run`];
  }

  async prepare(archive: string): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true });
    await this.podman("load", "-q", "-i", archive);
    const [id = ""] = (await this.output("images", "-q", "--no-trunc")).trim().split("\n");
    await this.podman("tag", id.replace(/^sha256:/, ""), benchImage);
  }

  /** Runs to the end; a failure ends the whole bench, because a fast failure is no result. */
  async podman(...args: readonly string[]): Promise<void> { await this.output(...args); }

  async output(...args: readonly string[]): Promise<string> {
    return this.#program([...this.#argv, ...args]);
  }

  async has(image: string): Promise<boolean> {
    return (await this.output("images", "--format", "{{.Repository}}:{{.Tag}}")).split("\n").includes(image);
  }

  /** On this side's storage: see `storage`. */
  async skopeo(...args: readonly string[]): Promise<void> { await this.#program(["skopeo", ...args]); }

  /** How Skopeo names an image of this side. */
  get storage(): string { return `containers-storage:[overlay@${this.folder}/root+${this.folder}/run]`; }

  get material(): Material {
    if (this.#material === undefined) throw new Error("there is no large image: --transfer");
    return this.#material;
  }
  useMaterial(material: Material | undefined): void { this.#material = material; }

  async #program(argv: readonly string[]): Promise<string> {
    const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [text, errors, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    if (status !== 0) throw new Error(`${this.name}: ${argv.join(" ")}: status ${status}: ${errors.trim().slice(-500)}`);
    const usage = child.resourceUsage();
    this.peakBytes = Math.max(this.peakBytes, usage?.maxRSS ?? 0);
    this.cpuMillis += Number(usage?.cpuTime.total ?? 0) / 1000;
    return text;
  }

  /** Puts the first `megabytes` of the large image's blobs into `folder`, as files. */
  async copyInto(folder: string, megabytes: number): Promise<void> {
    const blobs = `${this.material.layout}/blobs/sha256`;
    let left = megabytes << 20;
    for (const name of new Bun.Glob("*").scanSync(blobs)) {
      const file = Bun.file(`${blobs}/${name}`);
      const end = Math.min(left, file.size);
      if (end > 0) await pipeline(createReadStream(`${blobs}/${name}`, { end: end - 1 }), createWriteStream(`${folder}/${name}`));
      left -= end;
    }
  }

  /** Makes many images out of one: another tag, and another label, each. */
  async manyImages(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const container = (await this.output("create", "--network", "none", benchImage, "true")).trim();
      await this.podman("commit", "-q", "-c", `LABEL number=${index}`, container, `localhost/many:${index}`);
      await this.podman("rm", container);
    }
  }

  async remove(path: string): Promise<void> { await rm(path, { force: true }); }

  async finish(): Promise<void> {
    await this.podman("rm", "-a", "-f", "-t", "0");
    await this.podman("rmi", "-a", "-f");
  }
}
