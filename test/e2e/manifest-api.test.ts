/** Manifest lists through the service: libpod's routes as clients of both versions ask them, and the remote client. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program, withEngine } from "../harness/engine.ts";
import { digestOf } from "../harness/image.ts";
import { startRegistry } from "../harness/registry.ts";
import { startService, type Service } from "../harness/service.ts";

withEngine("manifest lists over a socket", { needs: ["root", "isolated"] }, (engine) => { describe("service", () => {
  let service: Service;
  beforeAll(async () => { await engine.useImage(); service = await startService(engine); }, 60_000);
  afterAll(async () => { expect(await service.stop()).toBe(0); });

  interface Answer { readonly status: number; readonly body: Record<string, unknown> & { readonly Id?: string; readonly cause?: string; readonly manifests?: readonly { readonly digest: string; readonly annotations?: object; readonly artifactType?: string }[] | null } }
  const ask = async (method: string, path: string, body?: object | FormData): Promise<Answer> => {
    const sent = body === undefined ? {} : body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`http://d${path}`, { method, unix: service.path, ...sent });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) as Answer["body"] };
  };
  const remote = async (...args: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> => {
    const child = Bun.spawn([program, "--url", service.url, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: engine.env, cwd: engine.dir });
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    return { status, stdout, stderr };
  };
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await remote(...args);
    if (status !== 0) throw new Error(`${args.join(" ")}: status ${status}\n${stderr}`);
    return stdout.replace(/\n$/, "");
  };

  test("version 4: made, changed, looked at, removed", async () => {
    const made = await ask("POST", "/v4.0.0/libpod/manifests/xyz?annotations=%7B%22up%22%3A%22down%22%7D");
    expect([made.status, made.body.Id]).toEqual([201, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const id = made.body.Id ?? "";
    const path = `/v4.0.0/libpod/manifests/${id}`;
    expect((await ask("GET", `${path}/exists`)).status).toBe(204);
    expect(await ask("GET", "/v4.0.0/libpod/manifests/none/exists")).toMatchObject({ status: 404, body: { cause: "manifest not found" } });
    const image = "containers-storage:localhost/busybox";
    expect(await ask("PUT", path, { operation: "update", images: [image], annotations: { foo: "bar" }, annotation: ["hoge=fuga"] })).toMatchObject({ status: 400, body: { cause: "can not set both Annotation and Annotations" } });
    expect(await ask("PUT", path, { operation: "update", images: image })).toMatchObject({ status: 400 });
    expect(await ask("PUT", path, { operation: "dance" })).toMatchObject({ status: 400, body: { cause: expect.stringContaining('illegal operation "dance"') } });
    expect(await ask("PUT", "/v4.0.0/libpod/manifests/none", { operation: "update", images: [image] })).toMatchObject({ status: 404 });
    expect(await ask("PUT", path, { operation: "update", images: [image], annotation: ["hoge=fuga"] })).toMatchObject({ status: 200, body: { Id: id, images: [image] } });
    const shown = await ask("GET", `${path}/json`);
    expect(shown).toMatchObject({ status: 200, body: { annotations: { up: "down" }, manifests: [{ annotations: { hoge: "fuga" } }] } });
    const digest = shown.body.manifests?.[0]?.digest ?? "";
    expect((await ask("PUT", path, { operation: "annotate", images: [digest], annotations: { foo2: "bar2" } })).status).toBe(200);
    expect((await ask("GET", `${path}/json`)).body.manifests?.[0]?.annotations).toEqual({ foo2: "bar2", hoge: "fuga" });
    const listed = await (await fetch("http://d/v5.0.0/libpod/images/json", { unix: service.path })).json() as readonly Record<string, unknown>[];
    expect(Object.fromEntries(listed.map(({ Names, IsManifestList }) => [String(Names), IsManifestList]))).toEqual({ "localhost/busybox:latest": false, "localhost/xyz:latest": true });
    expect(await ask("PUT", path, { operation: "remove", images: [digestOf(Buffer.from("no"))] })).toMatchObject({ status: 404 });
    expect(await ask("PUT", path, { operation: "remove", images: [digest] })).toMatchObject({ status: 200 });
    expect(await ask("DELETE", path)).toMatchObject({ status: 200, body: { Deleted: [id], Untagged: ["localhost/xyz:latest"], ExitCode: 0, Errors: [] } });
    expect((await ask("DELETE", path)).status).toBe(404);
    expect((await ask("DELETE", `${path}?ignore=true`)).status).toBe(200);
  });

  test("version 3, and pushes", async () => {
    await using registry = await startRegistry();
    const made = await ask("POST", "/v3.4.0/libpod/manifests/create?name=abc&image=containers-storage:localhost/busybox");
    expect(made.status).toBe(200);
    expect(await ask("POST", "/v3.4.0/libpod/manifests/abc/add", { images: ["containers-storage:localhost/busybox"], os: "plan9" })).toEqual({ status: 200, body: { Id: made.body.Id ?? "" } });
    expect((await ask("POST", `/v3.4.0/libpod/manifests/abc/push?destination=${encodeURIComponent(`${registry.host}/abc:1`)}&tlsVerify=false&all=true`)).status).toBe(200);
    expect(registry.manifests.get("abc:1")).toBeDefined();
    const target = encodeURIComponent(`${registry.host}/abc:2`);
    const pushed = await ask("POST", `/v4.0.0/libpod/manifests/abc:latest/registry/${target}?tlsVerify=false&all=true`);
    expect(pushed).toEqual({ status: 200, body: { Id: registry.manifests.get("abc:2")?.digest ?? "" } });
    expect(await ask("POST", `/v4.0.0/libpod/manifests/abc/registry/${encodeURIComponent("dir:/tmp/x")}`)).toMatchObject({ status: 400 });
    const loud = await (await fetch(`http://d/v4.0.0/libpod/manifests/abc/registry/${target}?tlsVerify=false&all=true&quiet=false`, { method: "POST", unix: service.path })).text();
    const lines = loud.trim().split("\n").map((line) => JSON.parse(line) as { readonly Id: string; readonly stream?: string });
    expect(lines[0]).toEqual({ Id: "", stream: "Getting image list signatures\n" });
    expect(lines.at(-1)).toEqual({ Id: registry.manifests.get("abc:2")?.digest ?? "" });
    const digest = (await ask("GET", "/v3.4.0/libpod/manifests/abc/json")).body.manifests?.[0]?.digest ?? "";
    expect((await ask("DELETE", `/v3.4.0/libpod/manifests/abc?digest=${digest}`)).status).toBe(200);
    expect((await ask("DELETE", "/v4.0.0/libpod/manifests/abc")).status).toBe(200);
  });

  test("files of an artifact are uploaded, kept beside the list and go with it", async () => {
    const made = await ask("POST", "/v6.0.0/libpod/manifests/artifacts");
    const form = new FormData();
    form.append("request", new Blob([JSON.stringify({ operation: "update", artifact_type: "text/x" })], { type: "application/json" }));
    form.append("listed.txt", new Blob(["oh yeah"]), "listed.txt");
    form.append("zeroes", new Blob([new Uint8Array(3_000_000)]), "zeroes");
    const added = await ask("PUT", `/v6.0.0/libpod/manifests/${made.body.Id}`, form);
    expect([added.status, (added.body["files"] as readonly string[]).map((file) => file.replace(/^.*\//, ""))]).toEqual([200, ["listed.txt", "zeroes"]]);
    const [kept = ""] = added.body["files"] as readonly string[];
    expect(readFileSync(kept, "utf8")).toBe("oh yeah");
    await engine.ok("manifest", "push", "-q", "artifacts", `dir:${join(engine.dir, "artifacts")}`);
    expect(readFileSync(join(engine.dir, "artifacts", digestOf(Buffer.from("oh yeah")).slice(7)), "utf8")).toBe("oh yeah");
    expect((await ask("DELETE", `/v6.0.0/libpod/manifests/${made.body.Id}`)).status).toBe(200);
    expect(() => readFileSync(kept)).toThrow("ENOENT");
  });

  test("the remote client does what the local one does", async () => {
    await using registry = await startRegistry();
    const file = join(engine.dir, "note.txt");
    writeFileSync(file, "a note");
    const id = await ok("manifest", "create", "--annotation", "a=b", "far", "containers-storage:localhost/busybox");
    expect(await ok("manifest", "add", "--artifact", "--artifact-type", "text/x", "--annotation", "k=v", "far", file)).toBe(id);
    expect(JSON.parse(await ok("manifest", "inspect", "far"))).toMatchObject({ annotations: { a: "b" }, manifests: [{}, { artifactType: "text/x", annotations: { k: "v" } }] });
    expect(await ok("manifest", "annotate", "--arch", "s390x", "far", "note.txt")).toBe(id);
    await ok("manifest", "exists", "far");
    expect((await remote("manifest", "exists", "nope")).status).toBe(1);
    const pushed = await remote("manifest", "push", "--tls-verify=false", "--digestfile", join(engine.dir, "digest"), "far", `${registry.host}/far:1`);
    expect([pushed.status, pushed.stderr]).toEqual([0, expect.stringContaining("Copying 2 images generated from 2 images in list")]);
    expect(readFileSync(join(engine.dir, "digest"), "utf8")).toBe(registry.manifests.get("far:1")?.digest ?? "");
    expect((await remote("manifest", "remove", "far", digestOf(Buffer.from("no")))).stderr).toContain("removing from manifest list far: no instance matching digest");
    expect(await ok("manifest", "rm", "far")).toBe(`Untagged: localhost/far:latest\nDeleted: ${id}`);
  });
}); });
