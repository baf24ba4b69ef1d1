/** text/template's grammar. Errors carry its sentences; functions and variables are checked while parsing, as Go does. */
import type { EngineError } from "../../base/errors.ts";
import { goQuote } from "../go/quote.ts";
import { lex, templateError } from "./lex.ts";
import type { Token, TokenType } from "./lex.ts";
import { unquote } from "./literals.ts";
import type { CommandNode, Node, Operand, Pipe, TemplateTree } from "./nodes.ts";
import { GoFloat } from "./values.ts";

/** Nesting of blocks and parentheses beyond this is refused: the interpreter recurses over them. */
const maxDepth = 200;

export type Trees = Map<string, TemplateTree>;

/** Parses `source` into `trees` under `name`, with the templates it defines. @throws invalid-argument */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>, trees: Trees = new Map()): Trees {
  return new Parser(name, source, functions, trees).parse();
}

interface Block { readonly nodes: Node[]; readonly ended: "end" | "else" | "eof" }

class Parser {
  readonly #name: string;
  readonly #source: string;
  readonly #functions: ReadonlySet<string>;
  readonly #trees: Trees;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #loops = 0;
  #variables: string[] = ["$"];

  constructor(name: string, source: string, functions: ReadonlySet<string>, trees: Trees) {
    this.#name = name;
    this.#source = source;
    this.#functions = functions;
    this.#trees = trees;
    this.#tokens = lex(name, source);
  }

  parse(): Trees {
    const block = this.#block(true);
    if (block.ended !== "eof") throw this.#error(`unexpected {{${block.ended}}}`);
    this.#trees.set(this.#name, { source: this.#source, root: block.nodes });
    return this.#trees;
  }

  /** Nodes up to `{{end}}`, `{{else` (its keyword consumed, the rest of it not) or the end of the text. */
  #block(top: boolean): Block {
    if (++this.#depth > maxDepth) throw this.#error("blocks nested too deeply");
    const nodes: Node[] = [];
    try {
      for (;;) {
        const token = this.#next();
        if (token.type === "end") return { nodes, ended: "eof" };
        if (token.type === "text") { nodes.push({ kind: "text", text: token.text }); continue; }
        const word = this.#peekSolid();
        if (word.type === "keyword" && (word.text === "end" || word.text === "else")) {
          this.#nextSolid();
          if (word.text === "end") this.#expect("right", "end");
          return { nodes, ended: word.text };
        }
        const node = this.#action(top);
        if (node !== undefined) nodes.push(node);
      }
    } finally { this.#depth--; }
  }

  #action(top: boolean): Node | undefined {
    const token = this.#peekSolid();
    if (token.type !== "keyword") return { kind: "action", pipe: this.#pipe("command", "right") };
    this.#nextSolid();
    switch (token.text) {
      case "if": case "with": case "range": return this.#control(token.text);
      case "define":
        if (!top) throw this.#unexpected(token, "command");
        this.#define();
        return undefined;
      case "block": return this.#blockAction();
      case "template": return this.#templateAction(token);
      case "break": case "continue": {
        if (this.#loops === 0) throw this.#error(`{{${token.text}}} outside {{range}}`);
        this.#expect("right", token.text);
        return { kind: token.text };
      }
      default: throw this.#unexpected(token, "command");
    }
  }

  #control(kind: "if" | "with" | "range"): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipe(kind, "right");
    if (kind === "range") this.#loops++;
    const body = this.#block(false);
    if (kind === "range") this.#loops--;
    const otherwise = body.ended === "else" ? this.#elseBranch(kind) : [];
    if (body.ended === "eof") throw this.#error("unexpected EOF");
    this.#variables.length = scope;
    return { kind, pipe, body: body.nodes, otherwise };
  }

  /** After `{{else`: `}}`, or `if …`/`with …` which shares our `{{end}}`. */
  #elseBranch(kind: "if" | "with" | "range"): readonly Node[] {
    const word = this.#peekSolid();
    if (word.type === "keyword" && word.text === kind && kind !== "range") {
      this.#nextSolid();
      return [this.#control(kind)];
    }
    this.#expect("right", "else");
    const block = this.#block(false);
    if (block.ended === "eof") throw this.#error("unexpected EOF");
    if (block.ended === "else") throw this.#error("expected end; found {{else}}");
    return block.nodes;
  }

  #define(): void {
    const name = this.#templateName("define clause");
    this.#expect("right", "define clause");
    this.#inner(name, "define clause");
  }

  #blockAction(): Node {
    const token = this.#peekSolid();
    const name = this.#templateName("block clause");
    const pipe = this.#pipe("block clause", "right");
    this.#inner(name, "block clause");
    return { kind: "template", name, pipe, at: token.at, text: `{{template ${goQuote(name)} ${pipe.text}}}` };
  }

  /** The body of a define or block: variables of the outside are not seen in it. */
  #inner(name: string, what: string): void {
    const outer = this.#variables;
    const loops = this.#loops;
    this.#variables = ["$"];
    this.#loops = 0;
    const body = this.#block(false);
    if (body.ended !== "end") throw this.#error(body.ended === "eof" ? `unexpected EOF` : `unexpected {{else}} in ${what}`);
    this.#variables = outer;
    this.#loops = loops;
    this.#trees.set(name, { source: this.#source, root: body.nodes });
  }

  #templateAction(keyword: Token): Node {
    const token = this.#peekSolid();
    const name = this.#templateName("template clause");
    const pipe = this.#peekSolid().type === "right" ? undefined : this.#pipe("template clause", "right");
    if (pipe === undefined) this.#nextSolid();
    return { kind: "template", name, pipe, at: token.at, text: this.#source.slice(keyword.at - 2, this.#previousEnd()) };
  }

  #templateName(context: string): string {
    const token = this.#nextSolid();
    if (token.type !== "string" && token.type !== "rawstring") throw this.#unexpected(token, context);
    return unquote(token.text) ?? "";
  }

  #pipe(context: string, end: TokenType): Pipe {
    if (++this.#depth > maxDepth) throw this.#error("pipelines nested too deeply");
    const first = this.#peekSolid();
    const { variables, declares } = this.#declaration(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.#peekSolid();
      if (token.type === end) break;
      commands.push(this.#command(context, commands.length));
    }
    if (commands.length === 0 || commands.some((command) => command.operands.length === 0)) throw this.#error(`missing value for ${context}`);
    const text = this.#source.slice(first.at, this.#previousEnd());
    this.#nextSolid();
    this.#depth--;
    return { at: first.at, text, variables, declares, commands };
  }

  /** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
  #declaration(context: string): { readonly variables: readonly string[]; readonly declares: boolean } {
    const start = this.#at;
    const names: string[] = [];
    while (this.#peekSolid().type === "variable") {
      names.push(this.#nextSolid().text);
      const token = this.#nextSolid();
      if (token.type === "declare" || token.type === "assign") {
        if (token.type === "declare") this.#variables.push(...names);
        else for (const name of names) this.#checkVariable(name);
        return { variables: names, declares: token.type === "declare" };
      }
      if (token.type !== "comma") break;
      if (context !== "range" || names.length > 1) throw this.#error(`too many declarations in ${context}`);
    }
    this.#at = start;
    return { variables: [], declares: false };
  }

  #command(context: string, stage: number): CommandNode {
    const first = this.#peekSolid();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#next();
      if (token.type === "space") continue;
      if (token.type === "right" || token.type === "close") { this.#at--; break; }
      if (token.type === "pipe") {
        if (operands.length === 0) throw this.#error(`missing value for ${context}`);
        const after = this.#peekSolid();
        if (after.type === "right" || after.type === "close") throw this.#error(`missing value for ${context}`);
        break;
      }
      throw this.#unexpected(token, operands.length === 0 ? context : "operand");
    }
    const head = operands[0];
    if (head === undefined) throw this.#error("empty command");
    if (stage > 0 && (head.kind === "dot" || head.kind === "nil" || head.kind === "literal")) {
      throw this.#error(`non executable command in pipeline stage ${stage + 1}`);
    }
    return { at: first.at, text: this.#source.slice(first.at, operandEnd(operands)), operands };
  }

  #operand(): Operand | undefined {
    const start = this.#tokens[this.#at] ?? this.#last();
    const term = this.#term(start);
    const next = this.#tokens[this.#at] ?? this.#last();
    if (term === undefined || next.type !== "field") return term;
    const fields: string[] = [];
    while (this.#tokens[this.#at]?.type === "field") fields.push(this.#next().text.slice(1));
    const text = this.#source.slice(start.at, this.#previousEnd());
    if (term.kind === "chain") return { ...term, fields: [...term.fields, ...fields], at: next.at, text };
    if (term.kind === "dot") return { kind: "chain", start: "dot", fields, at: next.at, text };
    if (term.kind === "nil") throw this.#error("nil is not a command");
    throw this.#error(`unexpected . after term ${goQuote(term.text)}`);
  }

  #term(token: Token): Operand | undefined {
    const { at, text } = token;
    switch (token.type) {
      case "identifier":
        if (!this.#functions.has(text)) throw this.#error(`function ${goQuote(text)} not defined`);
        this.#at++;
        return { kind: "function", name: text, at, text };
      case "dot": case "nil": this.#at++; return { kind: token.type, at, text };
      case "variable":
        this.#checkVariable(text);
        this.#at++;
        return { kind: "chain", start: { variable: text }, fields: [], at, text };
      case "field": this.#at++; return { kind: "chain", start: "dot", fields: [text.slice(1)], at, text };
      case "bool": case "number": case "string": case "rawstring": case "char": this.#at++; return { kind: "literal", value: this.#literal(token), at, text };
      case "open": {
        this.#at++;
        const pipe = this.#pipe("parenthesized pipeline", "close");
        return { kind: "chain", start: { pipe }, fields: [], at, text: this.#source.slice(at, this.#previousEnd()) };
      }
      default: return undefined;
    }
  }

  #literal(token: Token): string | number | boolean | GoFloat {
    if (token.type === "bool") return token.text === "true";
    if (token.type === "number") {
      const plain = token.text.replaceAll("_", "");
      const value = /^[+-]?0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain.replace(/^[+-]/, "")) * (plain.startsWith("-") ? -1 : 1);
      if (Number.isNaN(value)) throw this.#error(`illegal number syntax: ${goQuote(token.text)}`);
      return /[.eEpP]/.test(plain) && !/^[+-]?0[xX][\da-fA-F]+$/.test(plain) ? new GoFloat(value) : value;
    }
    const text = unquote(token.text);
    if (text === undefined) throw this.#error("invalid syntax");
    return token.type === "char" ? text.codePointAt(0) ?? 0 : text;
  }

  #checkVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#error(`undefined variable ${goQuote(name)}`);
  }

  #next(): Token { return this.#tokens[this.#at++] ?? this.#last(); }
  #skipSpace(): void { while (this.#tokens[this.#at]?.type === "space") this.#at++; }
  #peekSolid(): Token { this.#skipSpace(); return this.#tokens[this.#at] ?? this.#last(); }
  #nextSolid(): Token { this.#skipSpace(); return this.#next(); }
  #last(): Token { return { type: "end", text: "", at: this.#source.length }; }
  #previousEnd(): number {
    let index = this.#at - 1;
    while (this.#tokens[index]?.type === "space") index--;
    const token = this.#tokens[index];
    return token === undefined ? 0 : token.at + token.text.length;
  }
  #expect(type: TokenType, context: string): void {
    const token = this.#nextSolid();
    if (token.type !== type) throw this.#unexpected(token, context);
  }
  #unexpected(token: Token, context: string): EngineError {
    const shown = token.type === "end" ? "EOF" : ["keyword", "dot", "nil"].includes(token.type) ? `<${token.text}>` : token.text.length > 10 ? `${goQuote(token.text.slice(0, 10))}...` : goQuote(token.text);
    return this.#error(`unexpected ${shown} in ${context}`);
  }
  #error(message: string): EngineError {
    const token = this.#tokens[Math.max(0, Math.min(this.#at, this.#tokens.length) - 1)];
    return templateError(this.#name, this.#source, token?.at ?? 0, message);
  }
}

function operandEnd(operands: readonly Operand[]): number {
  const last = operands.at(-1);
  return last === undefined ? 0 : endOf(last);
}

/** A chain's `at` is its second part, as in Go, so its end is counted from the last field. */
function endOf(operand: Operand): number {
  if (operand.kind !== "chain" || operand.text.startsWith("(")) return operand.at + operand.text.length;
  const head = typeof operand.start === "object" && "variable" in operand.start ? operand.start.variable.length : 0;
  const first = operand.fields[0];
  const skipped = head === 0 && first !== undefined && !operand.text.startsWith(`.${first}`) ? 0 : head;
  return operand.at + Math.max(0, operand.text.length - skipped);
}
