/** The thin slice: an image made on the spot, run with and without a network, as root. */
import { expect, test } from "bun:test";
import { withEngine } from "../harness/engine.ts";

withEngine("run", { needs: ["root", "isolated", "crun", "conmon", "netavark", "busybox"] }, (engine) => {
  test("prints, passes standard input on, and hands the exit status through", async () => {
    const image = await engine.useImage();
    expect(await engine.ok("run", "--rm", "--network", "none", image, "echo", "hello")).toBe("hello");
    expect(await engine.run(["run", "-i", "--rm", "--network", "none", image, "cat"], { stdin: "through\n" })).toMatchObject({ status: 0, stdout: "through\n" });
    await engine.fails(7, "run", "--rm", "--network", "none", image, "sh", "-c", "exit 7");
    await engine.fails(127, "run", "--rm", "--network", "none", image, "no-such-command");
    await engine.fails(126, "run", "--rm", "--network", "none", image, "/etc");
    await engine.fails(125, "run", "--no-such-flag", image);
  });

  test("has an address on the default network and serves a published port", async () => {
    const image = await engine.useImage();
    const id = await engine.ok("run", "-d", "--name", "web", "-p", "18080:80", image, "httpd", "-f", "-h", "/var/www");
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await engine.ok("exec", "web", "ip", "-4", "-o", "addr", "show", "eth0")).toContain("10.88.0.");
    expect(await (await fetch("http://127.0.0.1:18080/")).text()).toBe("hello from busybox\n");
    expect(await engine.ok("rm", "-f", "-t", "0", "web")).toBe("web");
    expect(await fetch("http://127.0.0.1:18080/").then(() => "answered", () => "refused")).toBe("refused");
  });

  test("many at once, none fails", async () => {
    const image = await engine.useImage();
    const names = Array.from({ length: 8 }, (_, index) => `n${index}`);
    expect(await Promise.all(names.map((name) => engine.ok("run", "--rm", "--name", name, image, "echo", name)))).toEqual(names);
  }, 60_000);
});
