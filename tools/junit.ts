/** Reads JUnit XML as test runners write it: the cases with what became of them. */
export interface TestCase { readonly name: string; readonly file: string; readonly outcome: "passed" | "failed" | "skipped"; readonly message: string }

const tag = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g;
const attribute = /([\w:-]+)="([^"]*)"/g;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** @throws Error when the text has no `testsuites` element: the runner died before it could report */
export function parseJunit(text: string): TestCase[] {
  if (!text.includes("<testsuites")) throw new Error("no testsuites element");
  const cases: TestCase[] = [];
  let open: { name: string; file: string; outcome: TestCase["outcome"]; message: string } | undefined;
  for (const match of text.matchAll(tag)) {
    const [, closing, name, attributes = "", selfClosing] = match;
    if (name === "testcase" && closing === "") {
      const values = readAttributes(attributes);
      open = { name: [values["classname"], values["name"]].filter((part) => part !== undefined && part !== "").join(" > "), file: values["file"] ?? "", outcome: "passed", message: "" };
    }
    if (open !== undefined && closing === "") note(open, name ?? "", readAttributes(attributes));
    if (open !== undefined && name === "testcase" && (closing === "/" || selfClosing === "/")) { cases.push(open); open = undefined; }
  }
  return cases;
}

function note(open: { outcome: TestCase["outcome"]; message: string }, name: string, values: Readonly<Record<string, string>>): void {
  if (name === "skipped") open.outcome = "skipped";
  if (name === "failure" || name === "error") { open.outcome = "failed"; open.message = values["message"] ?? ""; }
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(attribute)].map(([, name = "", value = ""]) => [name, value.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, entity: string | undefined) => (code === undefined ? entities[entity ?? ""] ?? whole : String.fromCodePoint(Number(code))))]));
}
