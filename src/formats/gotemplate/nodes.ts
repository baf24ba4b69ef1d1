/** The syntax tree of a template. `at` is the offset Go reports errors at; `text` is the node as Go prints it back. */
import type { GoFloat } from "./values.ts";

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Pipe }
  | { readonly kind: "if" | "with" | "range"; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: "template"; readonly name: string; readonly pipe: Pipe | undefined; readonly at: number; readonly text: string }
  | { readonly kind: "break" | "continue" };

/** `$a, $b := command | command` */
export interface Pipe {
  readonly at: number;
  readonly text: string;
  readonly variables: readonly string[];
  readonly declares: boolean;
  readonly commands: readonly CommandNode[];
}
export interface CommandNode { readonly at: number; readonly text: string; readonly operands: readonly Operand[] }

export type Operand =
  | { readonly kind: "dot" | "nil"; readonly at: number; readonly text: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean | GoFloat; readonly at: number; readonly text: string }
  | { readonly kind: "function"; readonly name: string; readonly at: number; readonly text: string }
  /** `.A.B`, `$x.A` (variable given), `(pipe).A` (pipe given). */
  | { readonly kind: "chain"; readonly start: "dot" | { readonly variable: string } | { readonly pipe: Pipe }; readonly fields: readonly string[]; readonly at: number; readonly text: string };

export interface TemplateTree { readonly source: string; readonly root: readonly Node[] }
