/** `image scp`: to another user and back, and through a program called ssh, which here runs the command on this machine. */
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program, withEngine } from "../harness/engine.ts";
import { testUser } from "../harness/isolate.ts";
import { startService } from "../harness/service.ts";

withEngine("image scp", { needs: ["root", "isolated", "getent"] }, (engine) => {
  /** A host: ssh notes its arguments and gives the command to a podman with a store of its own. */
  const host = (): { readonly env: Record<string, string>; readonly log: string; readonly there: (...args: string[]) => string } => {
    const bin = join(engine.dir, "host/bin");
    mkdirSync(bin, { recursive: true });
    const [root, runroot] = [join(engine.dir, "host/root"), join(engine.dir, "host/run")];
    writeFileSync(join(bin, "podman"), `#!/bin/sh\nexec ${program} --root ${root} --runroot ${runroot} --tmpdir ${engine.dir}/host/tmp "$@"\n`);
    writeFileSync(join(bin, "ssh"), `#!/bin/sh\nprintf '%s\\n' "$*" >>${engine.dir}/host/log\nfor last; do :; done\nPATH=${bin}:$PATH exec sh -c "$last"\n`);
    for (const name of ["podman", "ssh"]) chmodSync(join(bin, name), 0o755);
    const there = (...args: string[]): string => Bun.spawnSync([join(bin, "podman"), ...args], { env: engine.env, stdin: "ignore" }).stdout.toString().trim();
    return { env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` }, log: join(engine.dir, "host/log"), there };
  };

  test("to another machine and back under another name; what fails says why", async () => {
    const name = await engine.useImage();
    const { env, log, there } = host();
    writeFileSync(join(engine.dir, "home/.config/containers/podman-connections.json"), JSON.stringify({ Connection: { Connections: { box: { URI: "ssh://me@box.example:2222/run/user/1000/podman/podman.sock", Identity: "/keys/id" } } } }));
    const sent = await engine.run(["image", "scp", name, "box::"], { env });
    expect([sent.status, sent.stdout]).toEqual([0, `Loaded image: ${name}\n`]);
    expect(sent.stderr).toContain("Copying blob ");
    expect(readFileSync(log, "utf8")).toBe("-T -p 2222 -i /keys/id -- me@box.example podman image load\n");
    expect(there("image", "inspect", "-f", "{{.ManifestType}}", name)).toBe("application/vnd.docker.distribution.manifest.v2+json");
    expect(await engine.run(["image", "scp", "-q", "--format", "oci-archive", `box::${name}`, "localhost/came:back"], { env })).toEqual({ status: 0, stdout: `Loaded image: ${name}\n`, stderr: "" });
    await engine.ok("image", "exists", "localhost/came:back");
    // An address that is no connection, and a name for the other side.
    const plain = await engine.run(["image", "scp", "-q", name, "you@other.example::new name"], { env });
    expect([plain.status, plain.stderr]).toEqual([125, expect.stringContaining("invalid reference format")]);
    expect(plain.stderr).toContain("Unknown connection name given. Please use system connection add");
    expect(readFileSync(log, "utf8").trim().split("\n").at(-1)).toBe(`-T -- you@other.example podman image tag -- ${name} 'new name'`);
    for (const words of [["localhost/none:1", "box::"], ["box::localhost/none:1"]]) expect(await engine.run(["image", "scp", ...words], { env })).toEqual({ status: 125, stdout: "", stderr: "Error: localhost/none:1: image not known\n" });
    expect(await engine.fails(125, "image", "scp", name)).toBe("Error: must specify a destination: invalid argument\n");
    expect(await engine.fails(125, "image", "scp", "--format", "oci-dir", name, "box::")).toContain("is not a valid value");
    const broken = { PATH: `${join(engine.dir, "broken")}:${process.env["PATH"] ?? ""}` };
    mkdirSync(join(engine.dir, "broken"));
    writeFileSync(join(engine.dir, "broken/ssh"), "#!/bin/sh\necho 'ssh: connect to host box.example port 2222: Connection refused' >&2\nexit 255\n", { mode: 0o755 });
    for (const words of [[name, "box::"], [`box::${name}`]]) expect((await engine.run(["image", "scp", "-q", ...words], { env: broken })).stderr).toBe("Error: ssh: connect to host box.example port 2222: Connection refused\n");
    // A service copies between machines, and not between users.
    const service = await startService({ ...engine, env: { ...engine.env, ...env } });
    const ask = async (path: string): Promise<readonly [number, unknown]> => { const answer = await fetch(`http://d/v5.0.0/libpod/images/scp/${path}`, { method: "POST", unix: service.path }); return [answer.status, await answer.json()]; };
    expect(await ask(`${encodeURIComponent(name)}?destination=box::&quiet=true`)).toEqual([200, { Id: name }]);
    expect(await ask(`${encodeURIComponent(name)}?destination=${encodeURIComponent("you@localhost::")}`)).toMatchObject([400, { cause: "cannot use the user transfer function on the remote client: invalid argument" }]);
    expect(await service.stop()).toBe(0);
    there("rmi", "--all", "--force");
    there("unmount", "--all");
    Bun.spawnSync(["umount", join(engine.dir, "host/root/overlay")], { stderr: "ignore" });
  }, 60_000);

  const asUser = existsSync(`/run/user/${testUser.uid}`) ? test : test.skip;
  asUser("to a user of this machine, whose own podman loads it, and back", async () => {
    const name = await engine.useImage();
    await engine.ok("tag", name, "localhost/for:you");
    expect(await engine.ok("image", "scp", "-q", "localhost/for:you", `${testUser.name}@localhost::`)).toBe("Loaded image: localhost/for:you");
    await engine.ok("untag", "localhost/for:you");
    expect(await engine.ok("image", "scp", "-q", `${testUser.name}@localhost::localhost/for:you`, "localhost/from:you")).toBe("Loaded image: localhost/for:you");
    await engine.ok("image", "exists", "localhost/from:you");
    expect(await engine.fails(125, "image", "scp", name, "nobody-of-that-name@localhost::")).toBe("Error: user: unknown user nobody-of-that-name\n");
    const user = (...args: string[]): void => { Bun.spawnSync(["setpriv", `--reuid=${testUser.uid}`, `--regid=${testUser.uid}`, "--clear-groups", "--", program, ...args], { env: { PATH: process.env["PATH"] ?? "", HOME: `/run/home-${testUser.name}`, XDG_RUNTIME_DIR: `/run/user/${testUser.uid}`, USER: testUser.name }, cwd: "/", stdin: "ignore" }); };
    user("rmi", "--all", "--force");
    const pause = `/run/user/${testUser.uid}/libpod/tmp/pause.pid`;
    if (existsSync(pause)) process.kill(Number(readFileSync(pause, "utf8")));
  }, 60_000);
});
