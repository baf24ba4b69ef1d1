/**
 * Several tools work on one store at random. `WORKLOAD_SECONDS` says how long (minutes by hand; a few seconds here); the peers are
 * named by `PEER_PODMAN`, `PEER_BUILDAH` and `PEER_SKOPEO`.
 */
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { program } from "../harness/engine.ts";
import { missingNeed } from "../harness/needs.ts";
import { workload, type Tools } from "./workload.ts";

const seconds = Number(process.env["WORKLOAD_SECONDS"] ?? "6");
const given = (name: string): string | undefined => {
  const path = process.env[name];
  return path !== undefined && existsSync(path) ? path : undefined;
};
const peers = { podman: given("PEER_PODMAN"), buildah: given("PEER_BUILDAH"), skopeo: given("PEER_SKOPEO") };
const unmet = missingNeed(["root", "isolated", "crun", "conmon", "busybox"]);
const noPeer = peers.podman === undefined ? "needs PEER_PODMAN, a real Podman" : undefined;

async function runs(tools: Tools): Promise<void> {
  const folder = mkdtempSync("/var/tmp/workload-");
  try {
    const report = await workload({ ...tools, seconds, folder });
    expect({ unexpected: report.unexpected, damage: report.damage }).toEqual({ unexpected: [], damage: [] });
    expect(Object.keys(report.operations).length).toBeGreaterThan(5);
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

const title = (text: string, reason: string | undefined): string => reason === undefined ? text : `${text} [${reason}]`;
test.skipIf(unmet !== undefined)(title("many processes of ours on one store", unmet), async () => runs({ ours: program }), (seconds + 120) * 1000);
test.skipIf((unmet ?? noPeer) !== undefined)(title("ours, Podman, Buildah and Skopeo on one store", unmet ?? noPeer), async () => runs({ ours: program, ...peers }), (seconds + 300) * 1000);
