/** Go's text/template over JavaScript values, with Podman's functions. Pure; own implementation of the documented language. */
import { builtins, podmanFunctions } from "./functions.ts";
import type { Functions } from "./functions.ts";
import { Execution } from "./execute.ts";
import { parseTemplate } from "./parse.ts";

export { goString, goType, GoFloat, printValue } from "./values.ts";
export { toJson, podmanFunctions } from "./functions.ts";
export type { Functions } from "./functions.ts";

export interface TemplateOptions {
  /** Added to the builtins; Podman's set when absent. */
  readonly functions?: Functions;
  /** Unknown fields of the data itself, and of objects with a Go type name, are errors as on a Go struct; the default. */
  readonly strict?: boolean;
}
export interface Template {
  /** @throws invalid-argument with text/template's sentence; what was written before stays written */
  execute(data: unknown, write: (text: string) => void): void;
  render(data: unknown): string;
}

/** Compiles `source`; `name` appears in errors. @throws invalid-argument with text/template's sentence */
export function compileTemplate(name: string, source: string, options: TemplateOptions = {}): Template {
  const functions = { ...builtins, ...(options.functions ?? podmanFunctions) };
  const trees = parseTemplate(name, source, new Set(Object.keys(functions)));
  const execute = (data: unknown, write: (text: string) => void): void => {
    new Execution(name, trees, functions, write, options.strict ?? true).run(data);
  };
  return {
    execute,
    render(data) {
      let out = "";
      execute(data, (text) => { out += text; });
      return out;
    },
  };
}
