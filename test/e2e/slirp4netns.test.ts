/** `--network slirp4netns`, as a user and as root. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { withEngine, type TestEngine } from "../harness/engine.ts";

const needs = ["root", "isolated", "crun", "conmon", "busybox", "slirp4netns"] as const;

function programs(name: string): number {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try { return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name; } catch { return false; }
  }).length;
}

/** The handlers take connections before the server inside listens, and then close them. */
async function fetched(url: string): Promise<string> {
  for (let left = 200; ; left--) {
    try { return await (await fetch(url)).text(); } catch (error) { if (left === 0) throw error; }
    await Bun.sleep(20);
  }
}

function suite(engine: TestEngine, ports: { readonly own: number; readonly slirp: number }): void {
  const run = async (...args: string[]): Promise<string> => engine.ok("run", "--rm", ...args);

  test("gives an address, a resolver and a host name, and ends with the container", async () => {
    const image = await engine.useImage();
    const look = "ip -o -4 addr show tap0; cat /etc/resolv.conf; cat /etc/hosts";
    const output = await run("--network", "slirp4netns", "--name", "slirpy", image, "sh", "-c", look);
    expect(output).toContain("inet 10.0.2.100/24");
    expect(output).toContain("nameserver 10.0.2.3");
    expect(output).toMatch(/^10\.0\.2\.100\s+\S+ slirpy$/m);
    expect(programs("slirp4netns")).toBe(0);
  });

  test("takes its options, and refuses wrong ones when the container is made", async () => {
    const image = await engine.useImage();
    expect(await run("--network", "slirp4netns:cidr=192.0.2.0/24,mtu=1400,allow_host_loopback=true", image, "sh", "-c", "ip -o addr show tap0; cat /etc/hosts")).toMatch(/mtu|inet 192\.0\.2\.100\/24[^]*192\.0\.2\.2\s+host\.containers\.internal/);
    const refused = async (option: string): Promise<string> => engine.fails(125, "create", "--network", `slirp4netns:${option}`, image);
    expect(await refused("mtu=1")).toContain('invalid mtu "1"');
    expect(await refused("bogus=1")).toContain('unknown option for slirp4netns: "bogus=1"');
    expect(await refused("port_handler=x")).toContain('unknown port_handler for slirp4netns: "x"');
    expect(await refused("enable_ipv6=false,outbound_addr6=::1")).toContain("enable_ipv6=true is required for outbound_addr6");
  });

  test("publishes ports by either handler", async () => {
    const image = await engine.useImage();
    const serve = ["httpd", "-f", "-h", "/var/www"];
    await engine.ok("run", "-d", "--name", "own", "--network", "slirp4netns", "-p", `${ports.own}:80`, image, ...serve);
    await engine.ok("run", "-d", "--name", "slirp", "--network", "slirp4netns:port_handler=slirp4netns", "-p", `${ports.slirp}:80`, image, ...serve);
    expect(await fetched(`http://127.0.0.1:${ports.own}/`)).toBe("hello from busybox\n");
    expect(await fetched(`http://127.0.0.1:${ports.slirp}/`)).toBe("hello from busybox\n");
    expect(await engine.fails(126, "run", "--rm", "--network", "slirp4netns:port_handler=slirp4netns", "-p", `${ports.slirp}:80`, image, "true")).toContain(`cannot expose port ${ports.slirp}/tcp by slirp4netns`);
    await engine.ok("rm", "--force", "--time", "0", "own", "slirp");
    expect(programs("slirp4netns")).toBe(0);
  });
}

withEngine("slirp4netns as a user", { user: true, needs: [...needs, "newuidmap"] }, (engine) => { suite(engine, { own: 18_091, slirp: 18_092 }); });
withEngine("slirp4netns as root", { needs: [...needs] }, (engine) => { suite(engine, { own: 18_093, slirp: 18_094 }); });
