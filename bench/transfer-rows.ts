/** The work of moving images: pull, push, save, load and commit of one large image, and listing a thousand. */
import { rmSync } from "node:fs";
import type { Row } from "./rows.ts";
import type { Side } from "./side.ts";

const big = "localhost/big:latest";
const target = 0.7;
const rounds = 2;

/** The rows share it: unpacking it takes longer than most of them. */
const loadBig: NonNullable<Row["prepare"]> = async (side) => {
  if (await side.has(big)) return;
  await side.podman("pull", "-q", `oci:${side.material.layout}:bench`); await side.podman("tag", await newest(side), big);
};
const dropBig: NonNullable<Row["finish"]> = async (side) => { await side.podman("rmi", "-a", "-f"); };
async function newest(side: Side): Promise<string> { return (await side.output("images", "-q", "--no-trunc", "--sort", "size")).trim().split("\n").at(-1)?.replace(/^sha256:/, "") ?? ""; }
const tls = "--tls-verify=false";

export function transferRows(megabytes: number): readonly Row[] {
  const what = `${megabytes} MB in 10 layers`;
  const archived = (format: string, side: Side): string => `${side.folder}/big.${format}.tar`;
  return [
    { name: `pull, ${what}`, target, rounds, big: true,
      prepare: async (side) => { await loadBig(side); await side.podman("push", "-q", tls, big, `${side.material.registry}/bench:1`); await dropBig(side); },
      run: async (side) => side.podman("pull", "-q", tls, `${side.material.registry}/bench:1`),
      skopeo: async (side) => side.skopeo("copy", "-q", "--src-tls-verify=false", `docker://${side.material.registry}/bench:1`, `${side.storage}localhost/skopeo:1`),
      reset: dropBig },
    { name: `push to an empty registry, ${what}`, target, rounds, big: true, prepare: loadBig,
      run: async (side) => side.podman("push", "-q", tls, big, `${side.material.registry}/pushed:1`),
      skopeo: async (side) => side.skopeo("copy", "-q", "--dest-tls-verify=false", `${side.storage}${big}`, `docker://${side.material.registry}/pushed:1`),
      reset: async (side) => { side.material.forget(); } },
    { name: `push again, ${what}`, target, rounds: 5, big: true,
      prepare: async (side) => { await loadBig(side); await side.podman("push", "-q", tls, big, `${side.material.registry}/again:1`); },
      run: async (side) => side.podman("push", "-q", tls, big, `${side.material.registry}/again:1`) },
    { name: `save to docker-archive, ${what}`, target, rounds, big: true, prepare: loadBig,
      run: async (side) => side.podman("save", "-q", "-o", archived("docker", side), big),
      skopeo: async (side) => side.skopeo("copy", "-q", `${side.storage}${big}`, `docker-archive:${archived("docker", side)}`),
      reset: async (side) => { rmSync(archived("docker", side), { force: true }); } },
    { name: `save to oci-archive, ${what}`, target, rounds, big: true, prepare: loadBig,
      run: async (side) => side.podman("save", "-q", "--format", "oci-archive", "-o", archived("oci", side), big),
      reset: async (side) => { rmSync(archived("oci", side), { force: true }); } },
    { name: `load of docker-archive, ${what}`, target, rounds, big: true,
      prepare: async (side) => { await loadBig(side); await side.podman("save", "-q", "-o", archived("docker", side), big); await dropBig(side); },
      run: async (side) => side.podman("load", "-q", "-i", archived("docker", side)),
      skopeo: async (side) => side.skopeo("copy", "-q", `docker-archive:${archived("docker", side)}`, `${side.storage}localhost/skopeo:1`),
      reset: dropBig, finish: async (side) => { rmSync(archived("docker", side), { force: true }); } },
    { name: `commit of 100 MB on ${what}`, target, rounds, big: true,
      prepare: async (side) => {
        await loadBig(side);
        await side.podman("create", "--name", "changed", "--network", "none", big, "true");
        const mount = (await side.output("mount", "changed")).trim();
        await side.copyInto(mount, megabytes / 10);
        await side.podman("umount", "changed");
      },
      run: async (side) => side.podman("commit", "-q", "changed", "localhost/committed"),
      reset: async (side) => side.podman("rmi", "localhost/committed"),
      finish: async (side) => { await side.podman("rm", "-f", "changed"); } },
  ];
}
