import { expect, test } from "bun:test";
import { parseNetworks } from "./namespace.ts";

test("the first value may be a list of names", () => {
  expect(parseNetworks(["one,two", "three:alias=x"]).networks).toEqual([{ name: "one" }, { name: "two" }, { name: "three", aliases: ["x"] }]);
  expect(parseNetworks(["one:ip=10.0.0.2,mac=02:00:00:00:00:01"]).networks).toEqual([{ name: "one", staticIps: ["10.0.0.2"], staticMac: "02:00:00:00:00:01" }]);
});

test("wrong addresses are refused before anything is made", () => {
  expect(() => parseNetworks(["one:ip=foo"])).toThrow('invalid option for network one: invalid ip address "foo"');
  expect(() => parseNetworks(["one:mac=foo"])).toThrow("invalid option for network one: address foo: invalid MAC address");
});
