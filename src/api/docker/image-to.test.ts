import { expect, test } from "bun:test";
import { progressToDocker, removedToDocker } from "./image-to.ts";

const key = "sha256:c5354929811fe35eae83c19e353fb2631d1d2c13cb357d52b09a414b2f0a2892";

test("blobs are lines with a short id; other text is a status", () => {
  expect(progressToDocker({ progress: { key, message: "x", current: 0, total: 9 } }, "pull")).toEqual({ status: "Pulling fs layer", progressDetail: {}, id: "c5354929811f" });
  expect(progressToDocker({ progress: { key, message: "x", current: 4, total: 9 } }, "pull")).toEqual({ status: "Downloading", progressDetail: { current: 4, total: 9 }, id: "c5354929811f" });
  expect(progressToDocker({ progress: { key, message: "x", current: 9, total: 9, done: true } }, "pull")).toEqual({ status: "Download complete", progressDetail: {}, id: "c5354929811f" });
  expect(progressToDocker({ stream: "Writing manifest\n" }, "pull")).toEqual({ status: "Writing manifest", progressDetail: {} });
  expect(progressToDocker({}, "pull")).toBeUndefined();
});

test("removed images are told name by name", () => {
  expect(removedToDocker({ Untagged: ["a:1"], Deleted: ["ff"], ExitCode: 0 })).toEqual([{ Untagged: "a:1" }, { Deleted: "sha256:ff" }]);
});
