import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { surelyNeedsEngine } from "./early.ts";
import { mappingArguments, parseSubids } from "./subids.ts";

test("subordinate ids", () => {
  const text = "root:1:2\nme:100000:65536\n# x\nme:bad:1\n1000:300000:10\nme:5:0\nyou:9:9\n";
  const ranges = parseSubids(text, "me", 1000);
  expect(ranges).toEqual([{ start: 100000, count: 65536 }, { start: 300000, count: 10 }]);
  expect(mappingArguments(7, 1000, ranges, "/etc/subuid")).toEqual(["7", "0", "1000", "1", "1", "100000", "65536", "65537", "300000", "10"]);
  expect(() => mappingArguments(7, 100001, ranges, "/etc/subuid")).toThrow('the specified mapping 100000:65536 in "/etc/subuid" includes the user UID');
});

test("only what surely needs the engine enters early", () => {
  const yes = [["ps"], ["run", "x"], ["network", "ls"], ["unshare", "true"]];
  const no = [[], ["version"], ["run", "--help"], ["--log-level=debug", "ps"], ["image", "mount"], ["ps", "--remote"], ["network"], ["machine", "ls"], ["system", "service"]];
  for (const args of yes) expect([args, surelyNeedsEngine(args, {})]).toEqual([args, true]);
  for (const args of no) expect([args, surelyNeedsEngine(args, {})]).toEqual([args, false]);
  expect(surelyNeedsEngine(["ps"], { CONTAINER_HOST: "unix:///x" })).toBe(false);
});

const nobody = 65534;
describe.if(process.getuid?.() === 0)("entering as a user without subordinate ids", () => {
  const folder = mkdtempSync("/tmp/userns-");
  const pauseFile = join(folder, "libpod/tmp/pause.pid");
  // Compiled and beside: the user may not be allowed to read where this repository lies.
  const program = join(folder, "report");
  beforeAll(() => {
    const { exitCode, stderr } = Bun.spawnSync([process.execPath, "build", "--compile", join(import.meta.dir, "testing/report.ts"), "--outfile", program], { stderr: "pipe" });
    if (exitCode !== 0) throw new Error(stderr.toString());
  });
  chownSync(folder, nobody, nobody);
  afterAll(() => {
    process.kill(Number(readFileSync(pauseFile, "utf8")), "SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const enterOnce = async (): Promise<Record<string, unknown>> => {
    const child = Bun.spawn(["setpriv", "--reuid", String(nobody), "--regid", String(nobody), "--clear-groups", program, "one", "two"], {
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, XDG_RUNTIME_DIR: folder }, cwd: folder, stdout: "pipe", stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if (out === "") throw new Error(err);
    return { ...JSON.parse(out) as Record<string, unknown>, isSameProcess: (JSON.parse(out) as { pid: number }).pid === child.pid };
  };

  test("we are root there, in the same process, directory and with the same arguments", async () => {
    const report = await enterOnce();
    expect(report).toMatchObject({ uidMap: [0, nobody, 1], uid: 0, directory: folder, told: String(nobody), args: ["one", "two"], hasProgram: true, isSameProcess: true });
  });

  test("a stale pause.pid and several at once lead to one namespace", async () => {
    process.kill(Number(readFileSync(pauseFile, "utf8")), "SIGKILL");
    writeFileSync(pauseFile, "1");
    await Promise.all([enterOnce(), enterOnce(), enterOnce()]);
    const pid = readFileSync(pauseFile, "utf8");
    await enterOnce();
    expect(readFileSync(pauseFile, "utf8")).toBe(pid);
  });
});
