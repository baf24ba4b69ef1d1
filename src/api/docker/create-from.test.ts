import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromDocker, limitsFromDocker } from "./create-from.ts";

const golden = join(import.meta.dir, "../../../test/golden/docker-create");
const read = (...names: string[]): unknown => JSON.parse(readFileSync(join(golden, ...names), "utf8"));

for (const name of readdirSync(golden)) {
  test(`a body of docker's, ${name}`, () => {
    expect(fromDocker(read(name, "wire.json") as never, "web", "localhost/test:1")).toEqual(read(name, "create.json") as never);
  });
}

test("an empty entrypoint clears the image's", () => {
  expect(fromDocker({ Entrypoint: [] }, undefined, "a").entrypoint).toEqual([]);
  expect(fromDocker({ Entrypoint: [""] }, undefined, "a").entrypoint).toEqual([]);
  expect(fromDocker({ Entrypoint: null }, undefined, "a").entrypoint).toBeUndefined();
});

test("what cannot be is refused", () => {
  expect(() => fromDocker({ HostConfig: { Links: ["a:b"] } }, undefined, "a")).toThrow("link is not supported");
  expect(() => limitsFromDocker({ NanoCpus: 1, CpuPeriod: 5 })).toThrow("NanoCpus conflicts");
  expect(() => fromDocker({ HostConfig: { NetworkMode: "host" }, NetworkingConfig: { EndpointsConfig: { host: { Aliases: ["a"] } } } }, undefined, "a")).toThrow("Bridge mode");
  expect(() => fromDocker({ HostConfig: { RestartPolicy: { Name: "sometimes" } } }, undefined, "a")).toThrow("not a valid restart policy");
});

test("host and container networks take no endpoints along", () => {
  expect(fromDocker({ HostConfig: { NetworkMode: "host" }, NetworkingConfig: { EndpointsConfig: { host: {} } } }, undefined, "a").network).toEqual({ mode: { mode: "host" }, baseHostsFile: "none" });
  expect(fromDocker({ HostConfig: { NetworkMode: "container:web" } }, undefined, "a").network?.mode).toEqual({ mode: "container", value: "web" });
});
