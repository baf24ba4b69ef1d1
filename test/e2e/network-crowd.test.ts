/** Many containers at once on one bridge. */
import { expect, test } from "bun:test";
import { busybox, withEngine } from "../harness/engine.ts";

withEngine("a crowd on one bridge", { needs: ["root", "isolated", "crun", "conmon", "netavark", "aardvark-dns", "busybox"] }, (engine) => {
  test("32 at once have 32 addresses, are all reached, and are all gone afterwards", async () => {
    await engine.useImage();
    // Just as many addresses as are needed.
    await engine.ok("network", "create", "--subnet", "10.68.0.0/24", "--ip-range", "10.68.0.100-10.68.0.131", "crowd");
    const members = Array.from({ length: 32 }, (_, index) => `m${index}`);
    const started = await Promise.all(members.map(async (name) => engine.run(["run", "-d", "--name", name, "--network", "crowd", busybox, "httpd", "-f", "-h", "/var/www"], { timeoutMillis: 120_000 })));
    expect(started.filter(({ status }) => status !== 0).map(({ stderr }) => stderr)).toEqual([]);
    const addresses = (await engine.ok("inspect", "--format", "{{.NetworkSettings.Networks.crowd.IPAddress}}", ...members)).split("\n");
    expect(new Set(addresses).size).toBe(32);
    expect(await Promise.all(addresses.map(async (address) => fetch(`http://${address}/`).then((answer) => answer.text())))).toEqual(members.map(() => "hello from busybox\n"));
    expect(await engine.fails(126, "run", "--rm", "--network", "crowd", busybox, "true")).toContain("failed to find free IP in range");
    await engine.ok("rm", "-f", "-t", "0", ...members);
    expect(await engine.ok("network", "inspect", "--format", "{{len .Containers}}", "crowd")).toBe("0");
    await engine.ok("network", "rm", "crowd");
  }, 240_000);
});
