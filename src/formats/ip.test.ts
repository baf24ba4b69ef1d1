import { expect, test } from "bun:test";
import { contains, firstIp, formatCidr, formatIp, intersects, ipBytes, ipFromBytes, lastIp, nextSubnet, parseCidr, parseIp, type Cidr } from "./ip.ts";

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

test("addresses round-trip in canonical form", () => {
  const forms: Record<string, string | undefined> = {
    "10.0.0.1": "10.0.0.1", "::": "::", "::1": "::1", "FD00:0:0:1::": "fd00:0:0:1::", "1:0:0:2:0:0:0:3": "1:0:0:2::3", "::ffff:1.2.3.4": "1.2.3.4", "64:ff9b::1.2.3.4": "64:ff9b::102:304",
    "1:2:3:4:5:6:7:8": "1:2:3:4:5:6:7:8", "1.2.3": undefined, "1.2.3.256": undefined, "01.2.3.4": undefined, "1::2::3": undefined, ":::": undefined, "1:2:3:4:5:6:7:8:9": undefined, "12345::": undefined, "fe80::1%eth0": undefined, "": undefined, "1:2:3:4:5:6:7::8": undefined,
  };
  for (const [text, expected] of Object.entries(forms)) {
    const ip = parseIp(text);
    expect(ip === undefined ? undefined : formatIp(ip)).toBe(expected as string);
    if (ip !== undefined) expect(ipFromBytes(ipBytes(ip))).toEqual(ip);
  }
});

test("subnets", () => {
  expect(formatCidr(cidr("10.89.3.7/24"))).toBe("10.89.3.0/24");
  expect(formatIp(firstIp(cidr("10.89.3.0/24")))).toBe("10.89.3.1");
  expect(formatIp(lastIp(cidr("fd00::/64")))).toBe("fd00::ffff:ffff:ffff:ffff");
  expect(contains(cidr("10.0.0.0/8"), cidr("10.255.0.0/16").base)).toBe(true);
  expect(intersects(cidr("10.0.0.0/8"), cidr("10.89.0.0/24"))).toBe(true);
  expect(intersects(cidr("10.0.0.0/9"), cidr("10.128.0.0/9"))).toBe(false);
  expect(intersects(cidr("0.0.0.0/0"), cidr("::/0"))).toBe(false);
  expect(nextSubnet(cidr("10.89.255.0/24"))?.base).toEqual(cidr("10.90.0.0/24").base);
  expect(nextSubnet(cidr("255.255.255.0/24"))).toBeUndefined();
  expect(["10.0.0.0/33", "10.0.0.0", "10.0.0.0/x", "x/8", "::/129"].map(parseCidr)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
