/** The test registry itself, against a client that we did not write where one is here. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildImage, busyboxImage, writeOciArchive } from "./image.ts";
import { findProgram } from "./needs.ts";
import { startRegistry } from "./registry.ts";

const skopeo = findProgram("skopeo");

test.skipIf(skopeo === undefined)(`skopeo pushes and pulls over TLS with a token${skopeo === undefined ? " [needs the program skopeo]" : ""}`, async () => {
  await using registry = await startRegistry({ tls: true, auth: { kind: "bearer", username: "u", password: "p" } });
  const dir = mkdtempSync("/tmp/ptest-skopeo-");
  try {
    const image = busyboxImage();
    writeOciArchive(image, join(dir, "a.tar"), "x");
    const copy = async (...args: string[]): Promise<string> => {
      const child = Bun.spawn([skopeo ?? "", "--insecure-policy", "--tmpdir", dir, ...args], { stdout: "pipe", stderr: "pipe", cwd: dir, env: { HOME: dir, PATH: process.env["PATH"] ?? "" } });
      return `${await child.exited} ${await new Response(child.stderr).text()}`;
    };
    expect(await copy("copy", "--dest-creds", "u:p", "--dest-cert-dir", registry.certDir, `oci-archive:${dir}/a.tar:x`, `docker://${registry.host}/team/app:1`)).toStartWith("0 ");
    expect(registry.manifests.get("team/app:1")?.digest).toBe(image.manifest.digest);
    expect(await copy("copy", "--src-creds", "u:p", "--src-cert-dir", registry.certDir, `docker://${registry.host}/team/app:1`, `dir:${dir}/out`)).toStartWith("0 ");
    expect(await copy("copy", "--src-creds", "u:wrong", "--src-cert-dir", registry.certDir, `docker://${registry.host}/team/app:1`, `dir:${dir}/out2`)).toMatch(/^1 /);
  } finally { rmSync(dir, { recursive: true, force: true }); }
});

test("ranges, faults and pages", async () => {
  await using registry = await startRegistry({ fault: ({ path, count }) => (path.endsWith("/manifests/flaky") && count === 1 ? new Response(null, { status: 503 }) : undefined) });
  const image = buildImage({ layers: [[{ name: "a", content: "b" }]] });
  registry.put("r", "flaky", image);
  registry.put("r", "z", image);
  const base = `http://${registry.host}/v2/r`;
  expect((await fetch(`${base}/manifests/flaky`)).status).toBe(503);
  expect((await fetch(`${base}/manifests/flaky`)).status).toBe(200);
  const layer = image.layers[0];
  const part = await fetch(`${base}/blobs/${layer?.digest}`, { headers: { range: "bytes=5-" } });
  expect([part.status, (await part.bytes()).length]).toEqual([206, (layer?.size ?? 0) - 5]);
  expect((await fetch(`${base}/tags/list?n=1`)).headers.get("link")).toContain("last=flaky");
});
