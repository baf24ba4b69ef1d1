import { afterEach, beforeEach, expect, test } from "bun:test";
import { makeBundle, testConfig, testInput, type TestBundle } from "../testing/bundle.ts";
import { capabilityNames } from "./capability-names.ts";
import { checkCreate } from "./check.ts";
import { execProcess } from "./exec-process.ts";
import { generateSpec } from "./generate.ts";

let bundle: TestBundle;
beforeEach(() => { bundle = makeBundle(); });
afterEach(() => { bundle.remove(); });
const host = { cgroupVersion: 2 as const, capabilities: capabilityNames, canRaiseLimits: true, hasApparmor: false };

test("an exec session takes over the container's process, with its own user and environment", async () => {
  const input = testInput(bundle, ["sleep", "9"], { env: { A: "1", B: "2" }, terminal: true, user: "web" }, { host });
  const spec = await generateSpec(input);
  const base = { input, spec, command: ["env"], env: { B: "3" }, terminal: false, privileged: false, user: "" };
  const own = execProcess(base);
  expect(own.terminal).toBeUndefined();
  expect(own.user).toEqual({ uid: 1000, gid: 1001, umask: 0o22, additionalGids: [10, 1001] });
  expect(own.env.filter((line) => /^[AB]=/.test(line))).toEqual(["A=1", "B=3"]);
  expect(own.capabilities?.effective).toEqual([]);
  const root = execProcess({ ...base, user: "root", workdir: "/tmp", terminal: true });
  expect(root.capabilities?.effective).toEqual(testConfig().containers.defaultCapabilities.toSorted());
  expect([root.cwd, root.terminal, root.user.uid]).toEqual(["/tmp", true, 0]);
  expect(execProcess({ ...base, user: "0", privileged: true }).capabilities?.bounding).toHaveLength(capabilityNames.length);
  expect(() => execProcess({ ...base, user: "nobodyx" })).toThrow("unable to find user nobodyx: no matching entries in passwd file");
});

test("create refuses what a start would", async () => {
  const { namespaces } = testInput(bundle, []);
  const request = { config: testConfig(), namespaces, mounts: [], host };
  await checkCreate({ ...request, create: {} });
  expect(checkCreate({ ...request, create: { log: { driver: "foo" } } })).rejects.toThrow("running container create option: invalid log driver: invalid argument");
  expect(checkCreate({ ...request, create: { security: { capAdd: ["nosuch"] } } })).rejects.toThrow('"CAP_NOSUCH": unknown capability');
  expect(checkCreate({ ...request, create: { resources: { memoryBytes: 10, memorySwapBytes: 5 } } })).rejects.toThrow("minimum memoryswap limit should be larger than memory limit, see usage");
  expect(checkCreate({ ...request, create: {}, mounts: [{ type: "bind", source: "/nosuch", destination: "/x", options: [] }] })).rejects.toThrow("statfs /nosuch: no such file or directory");
});
