/** kill -9 at many moments of a container's way onto and off its networks; what it held is free again, and nothing of it is left. */
import { beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";

/** Milliseconds after the start of the program at which it dies. */
const moments = [15, 35, 60, 90, 130, 190, 280];
/** An old aardvark-dns is told to be ready a moment before it is. */
const nameLookup = "for pause in 0.1 0.3 1 3; do nslookup next && exit; sleep $pause; done; exit 1";
const names = "/run/containers/networks/aardvark-dns/tight";

withEngine("kill -9 and networks", { needs: ["root", "isolated", "crun", "conmon", "netavark", "aardvark-dns"] }, (engine) => {
  beforeAll(async () => {
    await engine.useImage();
    // Five addresses besides the gateway: fewer than there are moments, so a lease that is lost is missed.
    await engine.ok("network", "create", "--subnet", "10.66.0.0/29", "tight");
    await engine.ok("network", "create", "--subnet", "10.67.0.0/29", "other");
  }, 60_000);
  const publish = ["--network", "tight", "-p", "18066:80"];

  test("during run", async () => {
    for (const moment of moments) {
      await killed(engine, moment, ["run", "-d", "--name", "victim", ...publish, busybox, "sleep", "1000"]);
      await gone(engine, "victim");
    }
  }, 240_000);

  test.each([
    ["connect", ["network", "connect", "other", "victim"]], ["disconnect", ["network", "disconnect", "tight", "victim"]], ["reload", ["network", "reload", "victim"]],
    ["rm -f", ["rm", "-f", "-t", "0", "victim"]],
  ])("during %s", async (_verb, argv) => {
    for (const moment of moments.slice(1, 6)) {
      await engine.ok("run", "-d", "--name", "victim", ...publish, busybox, "sleep", "1000");
      await killed(engine, moment, argv);
      await gone(engine, "victim");
    }
  }, 240_000);

  test("a reload that was cut off is finished by the next one", async () => {
    await engine.ok("run", "-d", "--name", "victim", ...publish, busybox, "httpd", "-f", "-h", "/var/www");
    const address = await engine.ok("inspect", "--format", "{{.NetworkSettings.Networks.tight.IPAddress}}", "victim");
    for (const moment of [40, 90, 160, 260]) {
      await killed(engine, moment, ["network", "reload", "victim"]);
      await engine.ok("network", "reload", "victim");
      expect(await fetch("http://127.0.0.1:18066/").then((answer) => answer.text())).toBe("hello from busybox\n");
      expect(await engine.ok("exec", "victim", "ip", "-o", "addr", "show", "eth0")).toContain(address);
    }
    await gone(engine, "victim");
  }, 120_000);
});

async function killed(engine: TestEngine, moment: number, argv: readonly string[]): Promise<void> {
  const child = engine.spawn(argv);
  const timer = setTimeout(() => { child.kill("SIGKILL"); }, moment);
  await child.exited;
  clearTimeout(timer);
}

/** A new container has a network and a name, and the dead one has neither. */
async function gone(engine: TestEngine, name: string): Promise<void> {
  await engine.ok("rm", "-f", "-t", "0", "-i", name);
  expect(await engine.ok("run", "--rm", "--name", "next", "--network", "tight", "-p", "18066:80", busybox, "sh", "-c", nameLookup)).toContain("10.66.0.");
  expect(await engine.ok("ps", "-a", "-q")).toBe("");
  if (existsSync(names)) expect(readFileSync(names, "utf8")).not.toContain(` ${name}`);
}
