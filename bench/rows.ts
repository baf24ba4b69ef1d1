/** What is measured (DESIGN §4): one row per kind of work. `target` is the ratio to reach, ours divided by the peer's. */
import type { Side } from "./side.ts";

export interface Row {
  readonly name: string;
  readonly target: number;
  /** Measured rounds; each is one run on either side, alternately. */
  readonly rounds: number;
  /** Not timed; before the first round. */
  readonly prepare?: (side: Side) => Promise<void>;
  readonly run: (side: Side) => Promise<void>;
  readonly finish?: (side: Side) => Promise<void>;
  /** Not timed; after each round. */
  readonly reset?: (side: Side) => Promise<void>;
  /** The same work by Skopeo, on the peer's storage. */
  readonly skopeo?: (side: Side) => Promise<void>;
  /** Only with --full: takes minutes on the peer. */
  readonly slow?: boolean;
  /** Only with --transfer: moves the large image. */
  readonly big?: boolean;
}

const image = "localhost/bench:latest";
const withContainers = (count: number): Pick<Row, "prepare" | "finish"> => ({
  prepare: async (side) => {
    for (let index = 0; index < count; index++) await side.podman("create", "--network", "none", "--name", `bench-${index}`, image, "true");
  },
  finish: async (side) => { await side.podman("rm", "-a", "-f", "-t", "0"); },
});
const parallel = (network: string): Row["run"] => async (side) => {
  await Promise.all(Array.from({ length: 32 }, async () => side.podman("run", "--rm", "--network", network, image, "true")));
};

export const rows: readonly Row[] = [
  { name: "--version", target: 0.5, rounds: 20, run: async (side) => side.podman("--version") },
  { name: "ps -a, no containers", target: 0.35, rounds: 15, run: async (side) => side.podman("ps", "-a") },
  { name: "ps -a, 100 containers", target: 0.35, rounds: 15, ...withContainers(100), run: async (side) => side.podman("ps", "-a") },
  { name: "ps -a, 1000 containers", target: 0.35, rounds: 10, slow: true, ...withContainers(1000), run: async (side) => side.podman("ps", "-a") },
  { name: "images", target: 0.4, rounds: 15, run: async (side) => side.podman("images") },
  { name: "images, 200 images", target: 0.4, rounds: 10, slow: true,
    prepare: async (side) => side.manyImages(200), run: async (side) => side.podman("images"), finish: async (side) => side.podman("rmi", "-f", ...Array.from({ length: 200 }, (_, index) => `localhost/many:${index}`)) },
  { name: "images, 1000 images", target: 0.4, rounds: 10, slow: true,
    prepare: async (side) => side.manyImages(1000), run: async (side) => side.podman("images"), finish: async (side) => side.podman("rmi", "-f", ...Array.from({ length: 1000 }, (_, index) => `localhost/many:${index}`)) },
  { name: "run --rm, no network", target: 0.4, rounds: 12, run: async (side) => side.podman("run", "--rm", "--network", "none", image, "true") },
  { name: "run --rm, bridge", target: 0.4, rounds: 12, run: async (side) => side.podman("run", "--rm", image, "true") },
  { name: "run -d + rm -f, bridge", target: 0.5, rounds: 8, run: async (side) => {
    await side.podman("run", "-d", "--name", "detached", image, "sleep", "100");
    await side.podman("rm", "-f", "-t", "0", "detached");
  } },
  { name: "exec", target: 0.4, rounds: 12,
    prepare: async (side) => side.podman("run", "-d", "--name", "target", "--network", "none", image, "sleep", "1000"),
    run: async (side) => side.podman("exec", "target", "true"),
    finish: async (side) => side.podman("rm", "-f", "-t", "0", "target") },
  { name: "32 parallel run --rm, no network", target: 0.4, rounds: 3, run: parallel("none") },
  { name: "32 parallel run --rm, bridge", target: 0.4, rounds: 3, run: parallel("podman") },
  { name: "inspect of an image", target: 0.4, rounds: 10, run: async (side) => side.podman("image", "inspect", image) },
  { name: "save + load, docker-archive", target: 0.7, rounds: 4, run: async (side) => {
    await side.podman("save", "-q", "-o", `${side.folder}/image.tar`, image);
    await side.podman("load", "-q", "-i", `${side.folder}/image.tar`);
    await side.remove(`${side.folder}/image.tar`);
  } },
];
