/** The same slice for an unprivileged user. */
import { expect, test } from "bun:test";
import { withEngine } from "../harness/engine.ts";

withEngine("rootless", { user: true, needs: ["root", "isolated", "crun", "conmon", "newuidmap", "busybox"] }, (engine) => {
  test("runs as root of its own namespace, with ids of the user", async () => {
    const image = await engine.useImage();
    expect(await engine.ok("run", "--rm", "--network", "none", image, "id", "-u")).toBe("0");
    expect((await engine.ok("run", "--rm", "--network", "none", image, "cat", "/proc/self/uid_map")).split("\n").map((line) => line.trim().split(/\s+/).join(" "))).toEqual(["0 61001 1", "1 3000000 65536"]);
    await engine.fails(7, "run", "--rm", "--network", "none", image, "sh", "-c", "exit 7");
  });

  test("serves a published port", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "-d", "--name", "web", "-p", "18081:80", image, "httpd", "-f", "-h", "/var/www");
    expect(await (await fetch("http://127.0.0.1:18081/")).text()).toBe("hello from busybox\n");
    expect(await engine.ok("rm", "-f", "-t", "0", "web")).toBe("web");
  });
});
