import { describe, expect, test } from "bun:test";
import { messageOf } from "../base/errors.ts";
import { alignTabs } from "../formats/go/tabwriter.ts";
import type { CommandContext } from "./kit/types.ts";
import { headerOf, isJson, renderFormat, renderList, rowFormatter } from "./render.ts";

function recorder(): { readonly context: CommandContext; readonly text: () => string } {
  let out = "";
  const context = { out: { isTerminal: false, columns: 80, write: async (text: string) => { out += text; } } } as unknown as CommandContext;
  return { context, text: () => out };
}
const rows = [{ Name: "a", Driver: "local", MountCount: 0 }, { Name: "much-longer-name", Driver: "x", MountCount: 12 }];
const columns = [{ header: "DRIVER", cell: (row: (typeof rows)[0]) => row.Driver }, { header: "VOLUME NAME", cell: (row: (typeof rows)[0]) => row.Name }];

async function list(format?: string, noHeading = false): Promise<string> {
  const { context, text } = recorder();
  await renderList(context, rows, { name: "ls", columns, format, noHeading, headers: { Name: "VOLUME NAME" } });
  return text();
}

describe("lists", () => {
  test("default table", async () => {
    expect(await list()).toBe("DRIVER      VOLUME NAME\nlocal       a\nx           much-longer-name\n");
    expect(await list(undefined, true)).toBe("local       a\nx           much-longer-name\n");
  });
  test("templates stand for a row", async () => {
    expect(await list("{{.Name}}")).toBe("a\nmuch-longer-name\n");
    expect(await list("{{.Name}}\\t{{.Driver}}")).toBe("a\tlocal\nmuch-longer-name\tx\n");
    expect(await list("{{range .}}{{.Driver}}{{end}}")).toBe("localx\n");
    expect(await list('{{"\\n"}}')).toBe("\n\n");
  });
  test("table templates have headers and columns", async () => {
    expect(await list("table {{.Name}} {{.MountCount}}")).toBe("VOLUME NAME       MOUNT COUNT\na                 0\nmuch-longer-name  12\n");
    expect(await list("table {{.Name}}", true)).toBe("a\nmuch-longer-name\n");
  });
  test("an empty list has headers too", async () => {
    const { context, text } = recorder();
    await renderList(context, [], { name: "ls", columns, format: "table {{.Name}} {{.MountCount}}", headers: { Name: "VOLUME NAME" } });
    expect(text()).toBe("VOLUME NAME  MOUNT COUNT\n");
  });
  test("JSON by any of its names", async () => {
    for (const format of ["json", " json ", "{{json}}", "{{ json. }}"]) expect(isJson(format)).toBe(true);
    expect(isJson("{{json .}}")).toBe(false);
    expect(JSON.parse(await list("json"))).toEqual(rows);
    expect(await list("json")).toStartWith('[\n    {\n        "Name": "a",');
  });
  test("bad templates are errors in Go's words", async () => {
    const failure = async (format: string): Promise<string> => list(format).then(() => "no error", messageOf);
    expect(await failure("{{.Foo}}")).toBe('template: ls:1:13: executing "ls" at <.Foo>: can\'t evaluate field Foo in type map[string]interface {}');
    expect(await failure("{{")).toBe('template: ls:1: unexpected "{" in command');
  });
});

test("one report, and rows that come one by one", async () => {
  const { context, text } = recorder();
  await renderFormat(context, "info", "{{.A.B}}", { A: { B: 1 } });
  await renderFormat(context, "info", "json", { A: 1 });
  expect(text()).toBe('1\n{"A":1}\n');
  const format = await rowFormatter("events", "{{.Name}}");
  expect(format({ Name: "x" })).toBe("x\n");
});

test("headers of fields", () => {
  expect(["ID", "ImageID", "CreatedAt", "CPUPerc", "MemUsage", "IPv6Enabled", "Names"].map(headerOf)).toEqual(["ID", "IMAGE ID", "CREATED AT", "CPU PERC", "MEM USAGE", "I PV 6 ENABLED", "NAMES"]);
});

test("columns are runs of cells, as in Go's tabwriter", () => {
  expect(alignTabs("a\tb\tc\nlonger text here\tb\tc\nplain\nx\ty\n")).toBe("a                 b           c\nlonger text here  b           c\nplain\nx           y\n");
});
