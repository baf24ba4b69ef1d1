/** The command line as a whole: names we are called by, global flags, streams, statuses. */
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rename } from "../../src/contract/container/rename.ts";
import { program, withEngine } from "../harness/engine.ts";

withEngine("command line", {}, (engine) => {
  test("version is told before anything is read", async () => {
    const result = Bun.spawnSync([program, "--version"], { env: { HOME: "/nonexistent", CONTAINERS_CONF: "/nonexistent" } });
    expect(result.stdout.toString()).toMatch(/^podman version \d+\.\d+\.\d+\n$/);
    expect(await engine.ok("--version")).toStartWith("podman version ");
  });

  test("files of the runtime's in the working directory mean nothing", async () => {
    const cwd = join(engine.dir, "foreign");
    mkdirSync(cwd);
    const ran = join(cwd, "ran");
    writeFileSync(join(cwd, "evil.ts"), `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "");`);
    writeFileSync(join(cwd, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
    writeFileSync(join(cwd, ".env"), "CONTAINER_HOST=unix:///nonexistent.sock\nCONTAINERS_CONF=/nonexistent\n");
    writeFileSync(join(cwd, "package.json"), '{"imports": {"#x": "./evil.ts"}');
    writeFileSync(join(cwd, "tsconfig.json"), "{");
    expect(await engine.run(["ps"], { cwd })).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(ran)).toBe(false);
  });

  test("the name we are called by is the name in the texts", () => {
    for (const name of ["docker", "podman-remote"]) {
      const link = join(engine.dir, name);
      if (!existsSync(link)) symlinkSync(program, link);
      expect(Bun.spawnSync([link, "-v"]).stdout.toString()).toStartWith(`${name} version `);
      expect(Bun.spawnSync([link, "nothing"]).stderr.toString()).toBe(`Error: unrecognized command \`${name} nothing\`\nTry '${name} --help' for more information\n`);
    }
    expect(Bun.spawnSync([join(engine.dir, "podman-remote"), "--help"]).stdout.toString()).not.toContain("--remote ");
  });

  test("wrong use is told with the way to help, status 125", async () => {
    expect(await engine.fails(125, "run", "--x")).toBe("Error: unknown flag: --x\nSee 'podman run --help'\n");
    expect(await engine.fails(125, "run", "-h")).toBe("Error: flag needs an argument: 'h' in -h\nSee 'podman run --help'\n");
    expect(await engine.fails(125, "bad", "--invalid")).toBe("Error: unknown flag: --invalid\nSee 'podman --help'\n");
    expect(await engine.fails(125, "version", "--remote")).toBe("Error: unknown flag: --remote\nSee 'podman version --help'\n");
    expect(await engine.fails(125, "rename", "a")).toBe("Error: accepts 2 arg(s), received 1\n");
    expect(await engine.fails(125, "container", "lis")).toContain("Did you mean this?\n\tlist\n\nTry 'podman container --help' for more information\n");
    expect(await engine.fails(125, "container")).toBe("Error: missing command 'podman container COMMAND'\n");
  });

  test("log levels", async () => {
    expect(await engine.fails(1, "--log-level=telepathic", "version")).toStartWith('Log Level "telepathic" is not supported, choose from: trace, ');
    expect(await engine.fails(1, "--debug", "--log-level=panic", "version")).toBe("Setting --log-level and --debug is not allowed\n");
    expect((await engine.run(["-D", "version"])).stderr).toContain(" level=debug ");
    expect((await engine.run(["version", "--log-level=warning"])).stderr).not.toContain(" level=");
  });

  test("--out writes to a file, --noout nowhere", async () => {
    const file = join(engine.dir, "out.json");
    expect(await engine.ok("--out", file, "version", "-f", "json")).toBe("");
    expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("Client.Version");
    expect(await engine.ok("--noout", "version")).toBe("");
    expect(await engine.fails(1, "--out", "/nonexistent/file", "version")).toContain("unable to open file for standard output");
  });

  test("a reader that goes away ends us quietly", async () => {
    const child = Bun.spawn(["sh", "-c", '"$0" --help | head -1', program], { stdout: "pipe", stderr: "pipe" });
    expect(await new Response(child.stdout).text()).toBe("Manage pods, containers and images\n");
    expect(await new Response(child.stderr).text()).toBe("");
  });

  test("connections that are not there", () => {
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
      const { stderr, exitCode } = Bun.spawnSync([program, ...args], { env: { ...process.env, ...env } });
      return `${exitCode} ${stderr.toString()}`;
    };
    expect(run(["--connection", "none", "version"])).toBe('125 Error: read cli flags: connection "none" not found\n');
    const socket = `unix://${join(engine.dir, "none.sock")}`;
    expect(run(["--url", socket, "ps"])).toMatch(/^125 Cannot connect to Podman\. .*\nError: unable to connect to Podman socket/);
    expect(run(["ps"], { CONTAINER_HOST: socket })).toStartWith("125 Cannot connect to Podman. ");
    expect(run(["--url", socket, "--root", "/x", "ps"])).toBe("125 Error: unknown flag: --root\nSee 'podman --help'\n");
  });

  test("help shows the tries that containers.conf asks for; modules are read before the command is known", async () => {
    const conf = join(engine.dir, "retry.conf");
    writeFileSync(conf, '[engine]\nretry = 10\nretry_delay = "5s"\n');
    for (const command of ["pull", "push", "create", "run"]) {
      const { stdout } = await engine.run([command, "--help"], { env: { CONTAINERS_CONF: conf } });
      expect(stdout).toMatch(/--retry .*performing pu(ll|sh) \(default 10\)/);
      expect(stdout).toMatch(/--retry-delay .*pu(ll|sh) failures \(default "5s"\)/);
    }
    expect(await engine.fails(1, "--module=/none,x", "nosuchcommand"))
      .toContain("Failed to obtain podman configuration: parsing containers.conf: could not resolve module: open /none,x: no such file or directory");
  });

  test("completion speaks cobra's protocol", async () => {
    expect(await engine.ok("__complete", "ren")).toBe(`rename\t${rename.summary}\n:4`);
    expect(await engine.ok("__completeNoDesc", "run", "--nam")).toBe("--name\n:4");
    expect(await engine.ok("__complete", "rename", "a", "b", "")).toBe(":4");
    expect(await engine.ok("__complete", "load", "-i", "")).toBe(":0");
    const script = join(engine.dir, "podman.bash");
    await engine.ok("completion", "bash", "-f", script);
    expect(Bun.spawnSync(["bash", "-n", script]).exitCode).toBe(0);
  });
});
