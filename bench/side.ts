/** One side of the comparison: a podman binary with storage of its own. */
import { mkdir, rm } from "node:fs/promises";

const benchImage = "localhost/bench:latest";

export class Side {
  readonly name: string;
  readonly folder: string;
  readonly #argv: readonly string[];

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
    const child = Bun.spawn([...this.#argv, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [text, errors, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    if (status !== 0) throw new Error(`${this.name}: podman ${args.join(" ")}: status ${status}: ${errors.trim().slice(-500)}`);
    return text;
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
