/** One of the two programs, with storage, networks and files of its own. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { probe } from "./probe.ts";
import type { Answer, Step } from "./types.ts";

export const image = "localhost/differential:latest";
const callTimeoutMillis = 60_000;
/** Of the caller only what says where programs and configuration are. */
const environment = {
  ...Object.fromEntries(["PATH", "CONTAINERS_CONF", "CONTAINERS_CONF_OVERRIDE", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF"].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? ""]]))),
  HOME: "/root", FROM_HOST: "host value", PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
};

export class Side {
  readonly name: string;
  readonly folder: string;
  readonly binary: string;
  readonly #argv: readonly string[];

  constructor(name: string, binary: string, folder: string) {
    this.name = name;
    this.folder = folder;
    this.binary = binary;
    this.#argv = [binary, "--root", `${folder}/root`, "--runroot", `${folder}/run`, "--tmpdir", `${folder}/tmp`, "--network-config-dir", `${folder}/networks`, "--cgroup-manager", "cgroupfs", "--events-backend", "file"];
  }

  async prepare(archive: string): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(join(this.folder, "d"), { recursive: true });
    await writeFile(join(this.folder, "d/env"), "FROM_FILE=yes\n# comment\nHOME\n");
    await writeFile(join(this.folder, "d/labels"), "from.file=yes\n");
    await writeFile(join(this.folder, "d/file"), "content of a file\n");
    await mkdir(join(this.folder, "d/sub"));
    await writeFile(join(this.folder, "d/sub/nested"), "nested\n");
    await this.#must(["load", "-q", "-i", archive]);
    const [id = ""] = (await this.#must(["images", "-q", "--no-trunc"])).stdout.trim().split("\n");
    await this.#must(["tag", id.replace(/^sha256:/, ""), image]);
  }

  async step({ args, stdin }: Step): Promise<Answer> {
    const real = args.map((word) => word.replaceAll("{image}", image).replaceAll("{dir}", `${this.folder}/d`).replaceAll("{probe}", probe));
    return this.#call(real, stdin);
  }

  async #must(args: readonly string[]): Promise<Answer> {
    const answer = await this.#call(args);
    if (answer.status !== 0) throw new Error(`${this.name}: podman ${args.join(" ")}: ${answer.stderr}`);
    return answer;
  }

  async #call(args: readonly string[], stdin?: string): Promise<Answer> {
    const child = Bun.spawn([...this.#argv, ...args], {
      stdin: stdin === undefined ? "ignore" : Buffer.from(stdin), stdout: "pipe", stderr: "pipe", timeout: callTimeoutMillis, killSignal: "SIGKILL", cwd: `${this.folder}/d`, env: environment,
    });
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    return { status, stdout, stderr };
  }

  /** Nothing of a case is left for the next one; without `steps` of anything. */
  async clear(steps?: readonly Step[]): Promise<void> {
    const words = steps?.flatMap(({ args }) => args) ?? ["volume", "secret"];
    await this.#call(["rm", "-a", "-f", "-t", "0"]);
    if (words.some((word) => /volume|mount|^-v$|secret/.test(word))) await this.#call(["volume", "rm", "-a", "-f"]);
    if (words.includes("secret")) await this.#call(["secret", "rm", "-a"]);
  }

  async finish(): Promise<void> {
    await this.clear();
    await this.#call(["rmi", "-a", "-f"]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
