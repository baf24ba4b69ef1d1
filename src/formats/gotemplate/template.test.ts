import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { GoFloat, compileTemplate, goString, goType } from "./index.ts";

const golden = join(import.meta.dirname, "../../../test/golden/gotemplate");
interface Case { readonly data: unknown; readonly cases: readonly (readonly [template: string, output: string])[] }

/** Runs a template and gives its text, or its error after `!`. */
function run(template: string, data: unknown): string {
  try { return compileTemplate("x", template).render(data); } catch (error) { return `!${messageOf(error)}`; }
}

for (const file of readdirSync(golden)) {
  const { data, cases } = JSON.parse(readFileSync(join(golden, file), "utf8")) as Case;
  describe(file, () => {
    test.each([...cases])("%s", (template, output) => { expect(run(template, data)).toBe(output); });
  });
}

describe("rows with behaviour", () => {
  class Row {
    readonly #name: string;
    constructor(name: string) { this.#name = name; }
    get ID(): string { return this.#name.slice(0, 3); }
    Label(key: string): string { return `${this.#name}:${key}`; }
  }
  test("getters and methods", () => {
    expect(run("{{range .}}{{.ID}} {{.Label \"a\"}}|{{end}}", [new Row("alpha"), new Row("beta")])).toBe("alp alpha:a|bet beta:a|");
    expect(run("{{.Label}}", new Row("x"))).toBe('!template: x:1:2: executing "x" at <.Label>: wrong number of args for Label: want 1 got 0');
    expect(run("{{.ID 1}}", new Row("x"))).toContain("ID is not a method but has arguments");
  });
  test("nothing of JavaScript shows through", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) expect(run(`{{.${name}}}`, { A: 1 })).toContain("can't evaluate field");
    expect(run("{{.A.constructor}}", { A: {} })).toBe("<no value>");
  });
  test("Go's type names and texts", () => {
    expect(run("{{.Foo}}", { [goType]: "*define.Version", A: 1 })).toBe('!template: x:1:2: executing "x" at <.Foo>: can\'t evaluate field Foo in type *define.Version');
    expect(run("{{.T}} {{.F}}", { T: { [goString]: () => "10s" }, F: new GoFloat(3) })).toBe("10s 3");
    expect(run("{{.T}}", { T: new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 120)) })).toBe("2024-01-02 03:04:05.12 +0000 UTC");
    expect(run("{{.}}", new Map([["b", 1], ["a", 2]]))).toBe("map[a:2 b:1]");
  });
});

describe("bounds", () => {
  test("endless recursion and endless loops end", () => {
    expect(run('{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}', {})).toContain("exceeded maximum template depth");
    expect(run("{{range 100000}}{{range 100000}}{{end}}{{end}}", {})).toContain("more than");
  });
  test("deep nesting is refused", () => {
    expect(run(`{{${"(".repeat(5000)}1${")".repeat(5000)}}}`, {})).toContain("nested too deeply");
    expect(run("{{if 1}}".repeat(5000), {})).toContain("nested too deeply");
  });
  test("unknown fields of rows are errors, of maps are not", () => {
    expect(run("{{range .}}{{.Foo}}{{end}}", [{ A: 1 }])).toContain("can't evaluate field Foo");
    expect(run("{{range .}}{{.L.foo}}{{end}}", [{ L: {} }])).toBe("<no value>");
    expect(run("{{range .}}{{.Foo}}{{end}}", [])).toBe("");
  });
});
