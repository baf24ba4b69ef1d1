import { defineOperation, output, text } from "../kit.ts";
import { pathStatHeader, type PathReport, type PathStat } from "../types/path-stat.ts";

/** `not-found` without a reason: the container is there and the path is not. */
export const statPath = defineOperation({
  name: "container.statPath",
  summary: "Tell what a path in a container is",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    path: text("Path in the container; relative ones start at its working directory"),
  },
  output: output<PathReport>(),
  kind: "value",
  errors: ["not-found", "conflict"],
  libpod: {
    method: "HEAD", path: "/containers/{ref}/archive",
    answerHeader: {
      name: pathStatHeader,
      fromWire: (stat: PathStat, status: number): PathReport => ({ stat, ...(status === 404 ? { broken: true } : {}) }),
    },
  },
});
