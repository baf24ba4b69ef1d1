/** The interpreter. Every step is counted, so that a hostile template ends. */
import { EngineError, messageOf } from "../../base/errors.ts";
import { goQuote } from "../go/quote.ts";
import { parameterTypes, podmanFunctions, variadic } from "./functions.ts";
import type { Functions, TemplateFunction } from "./functions.ts";
import type { CommandNode, Node, Operand, Pipe, TemplateTree } from "./nodes.ts";
import { GoFloat, entriesOf, goString, isObject, isStruct, isTrue, printValue, typeName } from "./values.ts";

/** Steps of one execution: a table of 100,000 rows with 50 cells needs half of it. */
const maxSteps = 20_000_000;
/** Calls of templates within templates; recursion deeper than this is a loop. */
const maxTemplateDepth = 1000;

interface Variable { readonly name: string; value: unknown }
type Flow = "next" | "break" | "continue";
/** A node to blame in messages. */
interface Blame { readonly at: number; readonly text: string }

export class Execution {
  readonly #name: string;
  readonly #trees: ReadonlyMap<string, TemplateTree>;
  readonly #functions: Functions;
  readonly #write: (text: string) => void;
  readonly #strict: boolean;
  #tree: TemplateTree;
  #steps = 0;
  #depth = 0;
  #variables: Variable[] = [];
  #data: unknown;

  constructor(name: string, trees: ReadonlyMap<string, TemplateTree>, functions: Functions, write: (text: string) => void, strict: boolean) {
    this.#name = name;
    this.#trees = trees;
    this.#functions = functions;
    this.#write = write;
    this.#strict = strict;
    this.#tree = trees.get(name) ?? { source: "", root: [] };
  }

  run(data: unknown): void {
    this.#data = data;
    this.#variables = [{ name: "$", value: data }];
    this.#list(this.#tree.root, data);
  }

  #list(nodes: readonly Node[], dot: unknown): Flow {
    for (const node of nodes) {
      if (++this.#steps > maxSteps) throw new EngineError("resource-exhausted", `template: ${this.#name}: more than ${maxSteps} steps`);
      const flow = this.#node(node, dot);
      if (flow !== "next") return flow;
    }
    return "next";
  }

  #node(node: Node, dot: unknown): Flow {
    switch (node.kind) {
      case "text": this.#write(node.text); return "next";
      case "action": {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.#write(shown(value));
        return "next";
      }
      case "if": case "with": return this.#scoped(() => {
        const value = this.#pipe(node.pipe, dot);
        return isTrue(value) ? this.#list(node.body, node.kind === "with" ? value : dot) : this.#list(node.otherwise, dot);
      });
      case "range": return this.#scoped(() => this.#range(node, dot));
      case "template": this.#template(node, dot); return "next";
      case "break": case "continue": return node.kind;
    }
  }

  #scoped<T>(step: () => T): T {
    const mark = this.#variables.length;
    try { return step(); } finally { this.#variables.length = mark; }
  }

  #range(node: Extract<Node, { kind: "if" | "with" | "range" }>, dot: unknown): Flow {
    const value = this.#pipe(node.pipe, dot, true);
    let any = false;
    for (const [key, item] of this.#items(value, node.pipe)) {
      any = true;
      const flow = this.#scoped(() => {
        this.#bind(node.pipe, key, item);
        return this.#list(node.body, item);
      });
      if (flow === "break") return "next";
    }
    return any ? "next" : this.#list(node.otherwise, dot);
  }

  #bind(pipe: Pipe, key: unknown, item: unknown): void {
    const [first, second] = pipe.variables;
    const pairs = second === undefined ? [[first, item] as const] : [[first, key] as const, [second, item] as const];
    for (const [name, value] of pairs) {
      if (name === undefined) continue;
      if (pipe.declares) this.#variables.push({ name, value });
      else this.#variable(name).value = value;
    }
  }

  * #items(value: unknown, blame: Pipe): Generator<readonly [unknown, unknown]> {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) { yield* value.entries(); return; }
    if (typeof value === "number" && Number.isInteger(value)) {
      if (blame.variables.length > 1) throw this.#error(lastOperand(blame), `can't use ${value} to iterate over more than one variable`);
      for (let at = 0; at < value; at++) {
        if (++this.#steps > maxSteps) throw new EngineError("resource-exhausted", `template: ${this.#name}: more than ${maxSteps} steps`);
        yield [at, at];
      }
      return;
    }
    if (value instanceof Map || (isObject(value) && (!isStruct(value) || !this.#strict))) { yield* entriesOf(value); return; }
    throw this.#error(blame, `range can't iterate over ${printValue(value)}`);
  }

  #template(node: Extract<Node, { kind: "template" }>, dot: unknown): void {
    const tree = this.#trees.get(node.name);
    if (tree === undefined) throw this.#error(node, `template ${goQuote(node.name)} not defined`);
    if (this.#depth >= maxTemplateDepth) throw this.#error(node, `exceeded maximum template depth (${maxTemplateDepth})`);
    const data = node.pipe === undefined ? undefined : this.#pipe(node.pipe, dot);
    const [outerTree, outerVariables] = [this.#tree, this.#variables];
    this.#tree = tree;
    this.#variables = [{ name: "$", value: data }];
    this.#depth++;
    try { this.#list(tree.root, data); } finally {
      this.#depth--;
      this.#tree = outerTree;
      this.#variables = outerVariables;
    }
  }

  /** Evaluates a pipeline; a range binds its variables itself. */
  #pipe(pipe: Pipe, dot: unknown, forRange = false): unknown {
    let value: unknown = nothing;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    if (!forRange) for (const name of pipe.variables) {
      if (pipe.declares) this.#variables.push({ name, value });
      else this.#variable(name).value = value;
    }
    return value;
  }

  #command(command: CommandNode, dot: unknown, final: unknown): unknown {
    const [head, ...rest] = command.operands;
    if (head === undefined) return undefined;
    if (head.kind === "function") return this.#callFunction(head.name, command, rest, dot, final);
    if (head.kind === "nil") throw this.#error(head, "nil is not a command");
    const args = (): unknown[] => [...rest.map((operand) => this.#operand(operand, dot)), ...(final === nothing ? [] : [final])];
    if (head.kind === "chain" && head.fields.length > 0) return this.#chain(head, dot, args());
    if (rest.length > 0 || final !== nothing) throw this.#error(head, `can't give argument to non-function ${head.text}`);
    return this.#operand(head, dot);
  }

  #callFunction(name: string, command: CommandNode, operands: readonly Operand[], dot: unknown, final: unknown): unknown {
    if (name === "and" || name === "or") {
      let value: unknown;
      for (const operand of operands) {
        value = this.#operand(operand, dot);
        if (isTrue(value) === (name === "or")) return value;
      }
      if (operands.length === 0 && final === nothing) throw this.#error(command, `wrong number of args for ${name}: want at least 1 got 0`);
      return final === nothing ? value : final;
    }
    const callee = this.#functions[name];
    this.#checkCount(name, callee, operands.length + (final === nothing ? 0 : 1), command);
    const types = parameterTypes[name] ?? [];
    const args = [...operands.map((operand, at) => this.#argument(operand, types[at], dot)), ...(final === nothing ? [] : [final])];
    if (callee === undefined) throw this.#error(command, `${goQuote(name)} is not a defined function`);
    return this.#invoke(name, callee, args, command);
  }

  #checkCount(name: string, callee: TemplateFunction | undefined, count: number, command: CommandNode): void {
    const want = callee?.length ?? 0;
    const blame = { at: command.operands[0]?.at ?? command.at, text: name };
    if (count < want) throw this.#error(blame, `wrong number of args for ${name}: want ${variadic.has(name) ? "at least " : ""}${want} got ${count}`);
    if (count > want && !variadic.has(name) && name in podmanFunctions) throw this.#error(blame, `wrong number of args for ${name}: want ${want} got ${count}`);
  }

  /** A literal of the wrong type is refused before the call, in other words than a value is. */
  #argument(operand: Operand, type: string | undefined, dot: unknown): unknown {
    const value = this.#operand(operand, dot);
    if (operand.kind !== "literal" || type === undefined || typeName(value) === type) return value;
    throw this.#error(operand, `expected ${type === "int" ? "integer" : type}; found ${operand.text}`);
  }

  #invoke(name: string, callee: TemplateFunction, args: readonly unknown[], blame: Blame): unknown {
    const want = callee.length;
    if (args.length < want) throw this.#error(blame, `wrong number of args for ${name}: want ${want} got ${args.length}`);
    try {
      return callee(...args);
    } catch (error) {
      throw this.#error(blame, `error calling ${name}: ${messageOf(error)}`);
    }
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case "dot": return dot;
      case "nil": return undefined;
      case "literal": return operand.value;
      case "function": return this.#callFunction(operand.name, { ...operand, operands: [operand] }, [], dot, nothing);
      case "chain": return this.#chain(operand, dot, []);
    }
  }

  /** Follows `.A.B.C`; `args` go to the last one, which must then be a method. */
  #chain(chain: Extract<Operand, { kind: "chain" }>, dot: unknown, args: readonly unknown[]): unknown {
    let value = this.#start(chain, dot);
    for (const [at, field] of chain.fields.entries()) {
      const last = at === chain.fields.length - 1;
      value = this.#field(value, field, last ? args : [], chain);
    }
    return value;
  }

  #start(chain: Extract<Operand, { kind: "chain" }>, dot: unknown): unknown {
    if (chain.start === "dot") return dot;
    return "variable" in chain.start ? this.#variable(chain.start.variable).value : this.#scoped(() => this.#pipe((chain.start as { pipe: Pipe }).pipe, dot));
  }

  #field(value: unknown, name: string, args: readonly unknown[], blame: Blame): unknown {
    if (value === undefined || value === null) {
      throw this.#error(blame, value === undefined ? `nil data; no entry for key ${goQuote(name)}` : `nil pointer evaluating interface {}.${name}`);
    }
    if (value instanceof Map) return this.#noArguments(args, name, blame, value.get(name));
    if (!isObject(value)) throw this.#error(blame, `can't evaluate field ${name} in type ${typeName(value)}`);
    if (!(name in value) || (!Object.hasOwn(value, name) && name in Object.prototype)) return this.#missing(value, name, blame);
    const found = value[name];
    if (typeof found === "function") return this.#invoke(name, found.bind(value) as TemplateFunction, args, blame);
    return this.#noArguments(args, name, blame, found);
  }

  #missing(value: Readonly<Record<PropertyKey, unknown>>, name: string, blame: Blame): undefined {
    if (this.#strict && (this.#isReport(value) || goTypeKnown(value))) throw this.#error(blame, `can't evaluate field ${name} in type ${typeName(value)}`);
    return undefined;
  }

  /** The data itself, or one row of it: their fields are known, unlike those of maps deeper inside. */
  #isReport(value: unknown): boolean {
    return value === this.#data || (Array.isArray(this.#data) && this.#data.includes(value));
  }

  #noArguments(args: readonly unknown[], name: string, blame: Blame, value: unknown): unknown {
    if (args.length > 0) throw this.#error(blame, `${name} is not a method but has arguments`);
    return value;
  }

  #variable(name: string): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    if (found === undefined) throw new EngineError("invalid-argument", `template: ${this.#name}: undefined variable: ${name}`);
    return found;
  }

  #error(blame: Blame, message: string): EngineError {
    const before = this.#tree.source.slice(0, blame.at);
    const line = before.split("\n").length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf("\n") + 1));
    const context = blame.text.length > 20 ? `${blame.text.slice(0, 20)}...` : blame.text;
    return new EngineError("invalid-argument", `template: ${this.#name}:${line}:${column}: executing ${goQuote(this.#name)} at <${context}>: ${message}`);
  }
}

/** No value came through the pipe, which differs from nil. */
const nothing = Symbol("nothing");

const goTypeKnown = (value: Readonly<Record<PropertyKey, unknown>>): boolean => typeName(value) !== "map[string]interface {}" || goString in value;

const lastOperand = (pipe: Pipe): Blame => pipe.commands.at(-1)?.operands.at(-1) ?? pipe;

/** What an action writes. */
function shown(value: unknown): string {
  if (value === undefined) return "<no value>";
  return value instanceof GoFloat ? printValue(value) : typeof value === "function" ? "<func>" : printValue(value);
}
