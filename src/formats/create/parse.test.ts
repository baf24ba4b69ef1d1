import { describe, expect, test } from "bun:test";
import { parseCsv } from "./csv.ts";
import { parseNamespace, parseNetworks } from "./namespace.ts";
import { parseEnvironment, parseLines } from "./pairs.ts";
import { parseExpose, parsePublish } from "./port.ts";
import { parseEntrypoint, parseHealthCommand, parseRestart, parseSecret } from "./process.ts";
import { parseByteRate, parseDevice, parseUlimit } from "./resources.ts";
import { parseSecurityOptions } from "./security.ts";
import { parseDuration, parseSize } from "./size.ts";
import { parseMount, parseTmpfs, parseVolume } from "./volume.ts";

describe("sizes and durations", () => {
  test.each([["64m", 67108864], ["1.5GiB", 1610612736], ["4096", 4096], ["2 KB", 2048], ["1b", 1]])("%s", (text, bytes) => { expect(parseSize(text)).toBe(bytes); });
  test.each(["", "m", "1x", "-1", "1e3"])("refuses %s", (text) => { expect(() => parseSize(text)).toThrow(`invalid size: '${text}'`); });
  test.each([["1h30m", 5400e9], ["500ms", 5e8], ["0", 0], ["-1.5s", -1.5e9], [".5m", 30e9]])("%s", (text, nanos) => { expect(parseDuration(text)).toBe(nanos); });
  test("refuses a duration without unit", () => { expect(() => parseDuration("30")).toThrow("missing unit"); });
});

describe("ports", () => {
  test.each([
    ["80", { containerPort: 80 }],
    ["8080:80", { hostPort: 8080, containerPort: 80 }],
    ["127.0.0.1::80", { hostIp: "127.0.0.1", containerPort: 80 }],
    ["127.0.0.1:8080:80/UDP", { hostIp: "127.0.0.1", hostPort: 8080, containerPort: 80, protocol: "udp" }],
    ["[::1]:8080-8082:80-82", { hostIp: "::1", hostPort: 8080, containerPort: 80, range: 3 }],
  ])("%s", (text, port) => { expect(parsePublish(text)).toEqual(port); });
  test.each([
    ["80/tcp/udp", "protocol can only be specified once"], ["1:2:3:4", "format is [[hostIP:]hostPort:]containerPort"], ["1-3:5-6", "different lengths: 3 vs 2"],
    ["70000", "between 1 and 65535"], ["x", "invalid port number"], ["300.1.1.1:1:2", "as an IP address"], ["5-4", "must be higher than the start port"], [":", "non-empty container port"],
  ])("refuses %s", (text, message) => { expect(() => parsePublish(text)).toThrow(message); });
  test("an exposed range is one entry a port", () => { expect(parseExpose("80-82/udp")).toEqual(["80/udp", "81/udp", "82/udp"]); });
});

describe("volumes and mounts", () => {
  test("a path is a bind, a word is a volume, one part is anonymous", () => {
    expect(parseVolume("./a:/b:ro,z")).toEqual({ type: "bind", source: "./a", destination: "/b", options: ["ro", "z"] });
    expect(parseVolume("data:/b/../c")).toEqual({ type: "volume", source: "data", destination: "/c", options: [] });
    expect(parseVolume("/data")).toEqual({ type: "volume", destination: "/data", options: [] });
  });
  test("an escaped colon belongs to the path", () => { expect(parseVolume("/a\\:b:/c").source).toBe("/a:b"); });
  test.each([["a:b:c:d", "incorrect volume format"], [":/b", "host directory cannot be empty"], ["/a:b", "must be an absolute path"], ["/a:/b:xx", "invalid option type"], ["/a:/b:ro,rw", "can only specify 1"]])("refuses %s", (text, message) => {
    expect(() => parseVolume(text)).toThrow(message);
  });
  test("--mount fields in any order", () => {
    expect(parseMount("target=/b,type=bind,\"source=/a,b\",readonly,U=true")).toEqual({ type: "bind", source: "/a,b", destination: "/b", options: ["ro", "U"] });
    expect(parseMount("type=tmpfs,destination=/t,tmpfs-size=1m,notmpcopyup")).toEqual({ type: "tmpfs", source: "tmpfs", destination: "/t", options: ["size=1m", "notmpcopyup"] });
  });
  test.each([["type=nfs,target=/a", "invalid filesystem type \"nfs\""], ["type=bind,source=/a,source=/b,target=/c", "more than once"], ["type=tmpfs", "must set volume destination"], ["type=bind,src=/a,dst=/b,zzz", "zzz: invalid mount option"]])("refuses %s", (text, message) => {
    expect(() => parseMount(text)).toThrow(message);
  });
  test("tmpfs options are split", () => { expect(parseTmpfs("/run:rw,size=1k").options).toEqual(["rw", "size=1k"]); });
});

describe("networks and namespaces", () => {
  test("a network with options", () => {
    expect(parseNetworks(["web:ip=10.0.0.2,alias=a,alias=b,mac=00:11:22:33:44:55"])).toEqual({ mode: { mode: "bridge" }, options: {}, networks: [{ name: "web", staticIps: ["10.0.0.2"], aliases: ["a", "b"], staticMac: "00:11:22:33:44:55" }] });
  });
  test("modes carry values and options", () => {
    expect(parseNetworks(["container:web"]).mode).toEqual({ mode: "container", value: "web" });
    expect(parseNetworks(["pasta:--ipv4-only,-a,10.0.2.1"]).options).toEqual({ pasta: ["--ipv4-only", "-a", "10.0.2.1"] });
  });
  test("modes and names do not mix", () => { expect(() => parseNetworks(["host", "web"])).toThrow("cannot set multiple networks"); });
  test("unknown namespace modes are refused", () => { expect(() => parseNamespace("pid", "bogus")).toThrow("unrecognized namespace mode bogus passed"); });
});

describe("the rest", () => {
  test("environment: values, the caller's, prefixes", () => {
    expect(parseEnvironment(["A=1=2", "B", "P_*", "MISSING"], { B: "b", P_1: "x", P_2: "y" })).toEqual({ A: "1=2", B: "b", P_1: "x", P_2: "y" });
    expect(() => parseEnvironment(["=x"], {})).toThrow("invalid variable");
  });
  test("lines of a file", () => { expect(parseLines("# c\n\n  A=1\nB")).toEqual(["A=1", "B"]); });
  test("CSV quotes", () => { expect(parseCsv("a,\"b,\"\"c\",")).toEqual(["a", "b,\"c", ""]); });
  test("ulimits", () => {
    expect(parseUlimit("RLIMIT_NOFILE=10:20")).toEqual({ name: "nofile", soft: 10, hard: 20 });
    expect(() => parseUlimit("nofile=20:10")).toThrow("soft limit must be less");
  });
  test("devices", () => {
    expect(parseDevice("/dev/a:rw")).toEqual({ hostPath: "/dev/a", permissions: "rw" });
    expect(parseDevice("/dev/a:/dev/b:m")).toEqual({ hostPath: "/dev/a", containerPath: "/dev/b", permissions: "m" });
    expect(() => parseDevice("/dev/a:b")).toThrow("invalid device mode: b");
    expect(parseByteRate("/dev/a:1mb")).toEqual({ path: "/dev/a", rate: 1048576 });
  });
  test("security options", () => {
    expect(parseSecurityOptions(["no-new-privileges", "seccomp=unconfined", "mask=/a:/b", "unmask=ALL", "label:disable"])).toEqual({ noNewPrivileges: true, seccomp: "unconfined", mask: ["/a", "/b"], unmask: ["ALL"], selinux: ["disable"] });
    expect(() => parseSecurityOptions(["bogus=1"])).toThrow("invalid --security-opt 2: \"bogus=1\"");
  });
  test("entrypoint, restart, health, secret", () => {
    expect([parseEntrypoint(""), parseEntrypoint("sh -c"), parseEntrypoint("[\"a\",\"b\"]")]).toEqual([[], ["sh -c"], ["a", "b"]]);
    expect(parseRestart("on-failure:3")).toEqual({ policy: "on-failure", maxRetries: 3 });
    expect(() => parseRestart("always:3")).toThrow("only be specified with on-failure");
    expect([parseHealthCommand("none"), parseHealthCommand("ls /"), parseHealthCommand("[\"CMD\",\"a\"]")]).toEqual([["NONE"], ["CMD-SHELL", "ls /"], ["CMD", "a"]]);
    expect(parseSecret("s,target=/x,mode=0400,uid=5")).toEqual({ kind: "mount", source: "s", target: "/x", mode: 0o400, uid: 5 });
    expect(() => parseSecret("s,type=env,uid=5")).toThrow("cannot be set with secret type env");
  });
});
