/**
 * The data of the differential run, how answers are compared, and, where a real Podman is, the run itself. Without one it is
 * skipped by name: `PTEST_PEER=/usr/bin/podman` names one that is elsewhere.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { missingNeed } from "../harness/needs.ts";
import { program } from "../harness/engine.ts";
import { accepted } from "./accepted.ts";
import { cases } from "./cases/index.ts";
import { compareAnswers, reasonFor } from "./compare.ts";
import { leaves, normaliseText } from "./normalise.ts";
import type { Answer, Step } from "./types.ts";

const root = join(import.meta.dir, "../..");
const own = { folder: "/var/tmp/one", binary: "/usr/bin/podman" };

describe("cases", () => {
  test("have names of their own", () => { expect(cases.map(({ name }) => name).toSorted().filter((name, index, all) => name === all[index + 1])).toEqual([]); });

  test("use every flag of the commands", async () => {
    const inventory = await Bun.file(join(root, "tools/podman-inventory.json")).json() as Readonly<Record<string, { readonly flags: readonly string[] }>>;
    const calls = cases.flatMap(({ steps }) => steps.map(({ args }) => args));
    const commands = ["create", "exec", "update", "start", "stop", "rm", "ps", "logs", "attach", "wait", "kill", "restart", "diff", "export", "init", "mount", "unmount", "pause", "unpause", "port", "events", "container prune", "volume create", "volume inspect", "volume ls", "volume rm", "volume export", "volume prune", "secret create", "secret inspect", "secret ls", "secret rm"];
    const missing = commands.flatMap((command) => (inventory[command]?.flags ?? []).map((flag) => flag.split(",")).filter((names) => !calls.some((args) => isUsed(command, names, args))).map(([name]) => `${command} --${name}`));
    expect(missing.filter((flag) => !exempt.has(flag))).toEqual([]);
  });

  test("every justified difference has a reason", () => { for (const { reason } of accepted) expect(reason.length).toBeGreaterThan(15); });
});

/** What would wait for a person, or needs a pod. */
const exempt = new Set(["create --help", "ps --watch", "events --stream", "create --init-ctr"]);

/** `create` and `run` share their flags. */
function isUsed(command: string, [long = "", short]: readonly string[], args: readonly string[]): boolean {
  const words = command.split(" ");
  const isCommand = words.every((word, index) => args[index] === word) || (command === "create" && args[0] === "run");
  return isCommand && args.some((arg) => arg === `--${long}` || arg.startsWith(`--${long}=`) || (short !== undefined && new RegExp(`^-[a-zA-Z]*${short}`).test(arg)));
}

describe("comparing", () => {
  const answer = (stdout: string, status = 0): Answer => ({ status, stdout, stderr: "" });
  const compare = (step: Step, ours: string, theirs: string): readonly string[] => compareAnswers("case", 1, step, [answer(ours), answer(theirs)], [own, { folder: "/var/tmp/two", binary: "/candidate/podman" }]).map(({ part }) => part);

  test("ids, times, places and programs are no differences", () => {
    const id = "0123456789abcdef".repeat(4);
    expect(normaliseText(`${id} ${id.slice(0, 12)} 2026-11-28T18:00:00.123Z 2026-11-28 18:00:00.5 +0000 UTC /var/tmp/one/root /usr/bin/podman 3 minutes ago`, own)).toBe("<id64> <id12> <time> <time> {dir}/root {podman} <ago>");
    expect(compare({ args: ["ps"] }, "/var/tmp/one/x\n", "/var/tmp/two/x\n")).toEqual([]);
  });

  test("JSON is compared leaf by leaf, lists of the environment without order", () => {
    const step = { args: ["inspect"], json: true };
    expect(compare(step, '[{"Name":"a","Pid":7,"Config":{"Env":["B=1","A=1"]}}]', '[{"Config":{"Env":["A=1","B=1"]},"Pid":9,"Name":"a"}]')).toEqual([]);
    expect(compare(step, '[{"Name":"a","Extra":[]}]', '[{"Name":"b"}]')).toEqual(["1 inspect json [0].Name", "1 inspect json [0].Extra"]);
    expect([...leaves({ a: { b: [1, null] } }, own)]).toEqual([["a.b[0]", "1"], ["a.b[1]", "null"]]);
  });

  test("lines from inside are compared by part, others in order unless they may be sorted", () => {
    expect(compare({ args: ["start"] }, "env: A=1\nid: 0\n", "env: A=2\nid: 0\n")).toEqual(["1 start stdout env"]);
    expect(compare({ args: ["diff"] }, "a\nb\n", "b\na\n")).toEqual(["1 diff stdout"]);
    expect(compare({ args: ["diff"], sorted: true }, "a\nb\n", "b\na\n")).toEqual([]);
    expect(compareAnswers("case", 2, { args: ["rm"], statusOnly: true }, [answer("a"), answer("b", 1)], [own, own])).toEqual([{ case: "case", part: "2 rm status", ours: "0", theirs: "1" }]);
  });

  test("a reason covers what its globs name", () => {
    const entry = { case: "create *", part: "* json *.ShmSize", reason: "told apart" };
    expect(reasonFor({ case: "create --mount type=bind,src=/a/b", part: "2 inspect json [0].HostConfig.ShmSize", ours: "", theirs: "" }, [entry])).toBe("told apart");
    expect(reasonFor({ case: "run -v v:/m:nocreate", part: "1 run status", ours: "", theirs: "" }, [{ case: "run -v v:/m:*", part: "*", reason: "told apart" }])).toBe("told apart");
    expect(reasonFor({ case: "run", part: "2 inspect json [0].HostConfig.ShmSize", ours: "", theirs: "" }, [entry])).toBeUndefined();
  });
});

const peer = process.env["PTEST_PEER"] ?? "/usr/bin/podman";
const reason = missingNeed(["root", "isolated", "crun", "conmon", peer === "/usr/bin/podman" ? "podman" : "root"]);
describe.skipIf(reason !== undefined)(`against a real Podman${reason === undefined ? "" : ` [${reason}]`}`, () => {
  test("no difference without a reason", async () => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "run.ts"), "--ours", program, "--peer", peer], { cwd: root, stdout: "pipe", stderr: "inherit" });
    const [text, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    expect([text, status]).toEqual([expect.stringContaining(" 0 open"), 0]);
  }, 3_600_000);
});
