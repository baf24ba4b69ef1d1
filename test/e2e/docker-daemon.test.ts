/** `docker-daemon:`: images to and from a Docker engine; our own service is one. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";

withEngine("images of a Docker engine", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  test("pushed there, pulled from there by name and id, unknown ones and a missing engine are told", async () => {
    const service = await startService(engine);
    try {
      const env = { DOCKER_HOST: service.url };
      await engine.useImage();
      const other = ["--root", join(engine.dir, "other/root"), "--runroot", join(engine.dir, "other/run")] as const;
      const second = async (...args: readonly string[]): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> => engine.run([...other, ...args], { env });
      const id = await engine.ok("images", "-q", "--no-trunc", busybox);
      const pushed = await engine.run(["push", busybox, "docker-daemon:localhost/sent:1"], { env });
      expect(pushed).toMatchObject({ status: 0 });
      expect(await engine.ok("images", "-q", "--no-trunc", "localhost/sent:1")).toBe(id);

      expect(await second("pull", "-q", "docker-daemon:localhost/sent:1")).toMatchObject({ status: 0, stdout: `${id.slice(7)}\n` });
      expect((await second("images", "--format", "{{.Repository}}:{{.Tag}}")).stdout).toBe("localhost/sent:1\n");
      expect(await second("pull", "-q", `docker-daemon:${id}`)).toMatchObject({ status: 0, stdout: `${id.slice(7)}\n` });
      const unknown = await second("pull", "-q", "docker-daemon:localhost/nothing:1");
      expect(unknown.status).toBe(125);
      expect(unknown.stderr).toContain("loading image from docker engine: Error response from daemon:");
      expect((await second("pull", "-q", "docker-daemon:localhost/sent")).stderr).toContain("docker-daemon:localhost/sent: reference localhost/sent has neither a tag nor a digest");
      expect((await second("push", "localhost/sent:1", `docker-daemon:${id}`)).stderr).toContain("a destination must be a name:tag");
      expect((await engine.run(["pull", "-q", "docker-daemon:localhost/sent:1"], { env: { DOCKER_HOST: `unix://${engine.dir}/nobody.sock` } })).stderr).toContain("Cannot connect to the Docker daemon at unix://");
      await second("rmi", "-a", "-f");
    } finally { await service.stop(); }
  }, 60_000);

  test("an engine that takes the archive and then says no has failed", async () => {
    const path = join(engine.dir, "no.sock");
    const server = Bun.serve({ unix: path, async fetch(request) { await request.arrayBuffer(); return new Response('{"stream":"Loading"}\n{"errorDetail":{"message":"no space\\u001b[2J"},"error":"no space\\u001b[2J"}\n'); } });
    try {
      await engine.useImage();
      const result = await engine.run(["push", busybox, "docker-daemon:localhost/sent:1"], { env: { DOCKER_HOST: `unix://${path}` } });
      expect(result.status).toBe(125);
      expect(result.stderr).toContain("writing docker image to engine: no space");
      expect(result.stderr).not.toContain("\u001b");
    } finally { await server.stop(true); }
  });
});
