import { describe, expect, test } from "bun:test";
import { messageOf } from "../../base/errors.ts";
import { FlagSet, emptyFlags, parseArguments } from "./parse.ts";
import type { Flags } from "./types.ts";
import { parseCsv, parseDuration, parseFloat64, parseInteger, parseUnsigned } from "./values.ts";

const flags = {
  interactive: { kind: "bool", name: "interactive", short: "i" },
  tty: { kind: "bool", name: "tty", short: "t" },
  publish: { kind: "csv", name: "publish", short: "p" },
  env: { kind: "strings", name: "env", short: "e", default: ["A=1"] },
  name: { kind: "string", name: "name", aliases: ["title"] },
  pids: { kind: "int", name: "pids-limit" },
  shares: { kind: "uint", name: "cpu-shares", short: "c" },
  cpus: { kind: "float", name: "cpus" },
  wait: { kind: "duration", name: "wait" },
  log: { kind: "map", name: "log-opts" },
  notify: { kind: "string", name: "notify", bare: "yes" },
  sort: { kind: "string", name: "sort", choices: ["a", "b"] },
  old: { kind: "bool", name: "old", deprecated: "use --name" },
} satisfies Flags;

function parse(args: readonly string[], interspersed = true) {
  const own = emptyFlags();
  const rest = parseArguments(new FlagSet().add(flags, own), own, args, interspersed);
  return { ...own, rest };
}
const failure = (args: readonly string[]): string => {
  try { parse(args); return "no error"; } catch (error) { return messageOf(error); }
};

describe("flags", () => {
  test("clusters, attached values and values of their own", () => {
    const { values, rest, changed } = parse(["-it", "-p8080:80,81", "-p=82", "--name=x", "--env", "B=2", "-eC=3,4", "image", "--pids-limit", "0x10"]);
    expect(values).toMatchObject({ interactive: true, tty: true, publish: ["8080:80", "81", "82"], name: "x", env: ["B=2", "C=3,4"], pids: 16 });
    expect(rest).toEqual(["image"]);
    expect([...changed].toSorted()).toEqual(["env", "interactive", "name", "pids-limit", "publish", "tty"]);
  });
  test("a command's words are its own when positionals end the flags", () => {
    expect(parse(["-i", "image", "-t", "--bogus"], false)).toMatchObject({ rest: ["image", "-t", "--bogus"], values: { interactive: true, tty: undefined } });
    expect(parse(["-i", "--", "-t"]).rest).toEqual(["-t"]);
    expect(parse(["-", "x"]).rest).toEqual(["-", "x"]);
  });
  test("switches take =value, flags with a value of their own do not take the next word", () => {
    expect(parse(["--tty=false", "--notify", "x"])).toMatchObject({ values: { tty: false, notify: "yes" }, rest: ["x"] });
    expect(parse(["--notify=no", "--title", "y"]).values).toMatchObject({ notify: "no", name: "y" });
  });
  test("maps and durations", () => {
    expect(parse(["--log-opts", "a=1,b=2", "--log-opts", "c=3", "--wait", "1h2m3.5s"]).values).toMatchObject({ log: { a: "1", b: "2", c: "3" }, wait: "1h2m3.5s" });
  });
  test("help and deprecated flags", () => {
    expect(parse(["-h", "--bogus"]).help).toBe(true);
    expect(parse(["--help"]).help).toBe(true);
    expect(parse(["--old"]).notices).toEqual(["Flag --old has been deprecated, use --name"]);
  });
  test.each([
    [["--x"], "unknown flag: --x"],
    [["-X"], "unknown shorthand flag: 'X' in -X"],
    [["-iXt"], "unknown shorthand flag: 'X' in -Xt"],
    [["--name"], "flag needs an argument: --name"],
    [["-c"], "flag needs an argument: 'c' in -c"],
    [["---x"], "bad flag syntax: ---x"],
    [["--=x"], "bad flag syntax: --=x"],
    [["--tty=foo"], 'invalid argument "foo" for "-t, --tty" flag: strconv.ParseBool: parsing "foo": invalid syntax'],
    [["--pids-limit", "foo"], 'invalid argument "foo" for "--pids-limit" flag: strconv.ParseInt: parsing "foo": invalid syntax'],
    [["--pids-limit=99999999999999999999"], 'invalid argument "99999999999999999999" for "--pids-limit" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    [["-c=-1"], 'invalid argument "-1" for "-c, --cpu-shares" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [["--cpus", "foo"], 'invalid argument "foo" for "--cpus" flag: strconv.ParseFloat: parsing "foo": invalid syntax'],
    [["--wait", "5"], 'invalid argument "5" for "--wait" flag: time: missing unit in duration "5"'],
    [["--wait", "5x"], 'invalid argument "5x" for "--wait" flag: time: unknown unit "x" in duration "5x"'],
    [["-p", 'a"b'], 'invalid argument "a\\"b" for "-p, --publish" flag: parse error on line 1, column 2: bare " in non-quoted-field'],
    [["--sort", "c"], 'invalid argument "c" for "--sort" flag: "c" is not a valid value.  Choose from: "a, b"'],
    [["--log-opts", "a"], 'invalid argument "a" for "--log-opts" flag: a must be formatted as key=value'],
  ])("%j is refused in pflag's words", (args, message) => { expect(failure(args)).toBe(message); });
});

describe("values", () => {
  test("integers in Go's notations", () => {
    expect(["0x1f", "0b11", "0o17", "017", "1_000", "-5", "+5"].map(parseInteger)).toEqual([31, 3, 15, 15, 1000, -5, 5]);
    for (const text of ["", "1__0", "_1", "1_", "08", "0x", " 1", "1 "]) expect(() => parseInteger(text)).toThrow("invalid syntax");
    expect(parseUnsigned("18446744073709551615")).toBe(2 ** 64);
  });
  test("floats", () => { expect(["1.5", ".5", "1e3", "-Inf", "+1."].map(parseFloat64)).toEqual([1.5, 0.5, 1000, -Infinity, 1]); });
  test("durations in nanoseconds", () => {
    expect(["0", "1.5s", "-2m", "1h1ms", "3µs"].map(parseDuration)).toEqual([0, 1.5e9, -120e9, 3600.001e9, 3000]);
  });
  test("CSV records", () => {
    expect(parseCsv("")).toEqual([]);
    expect(parseCsv('a,"b,c","d""e",')).toEqual(["a", "b,c", 'd"e', ""]);
    expect(() => parseCsv('"a"b')).toThrow('extraneous or missing " in quoted-field');
    expect(() => parseCsv('"a')).toThrow('extraneous or missing " in quoted-field');
  });
});
