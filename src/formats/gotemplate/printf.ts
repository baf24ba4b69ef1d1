/** Go's fmt verbs as templates use them. */
import { goQuote, goQuoteRune } from "../go/quote.ts";
import { GoFloat, formatFloat, printValue, typeName } from "./values.ts";

/** Widths beyond this are refused as Go does (`%!(BADWIDTH)`): nobody pads a cell by more. */
const maxWidth = 1_000_000;

interface Spec { readonly flags: string; readonly width: number | undefined; readonly precision: number | undefined; readonly verb: string }

/** fmt.Sprintf. Mistakes show in the text as Go's `%!…`. */
export function sprintf(format: string, args: readonly unknown[]): string {
  let used = 0;
  let reordered = false;
  const text = format.replace(/%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:\[(\d+)\])?(\P{C}?)/gsu, (...parts: string[]) => {
    const [, flags = "", width, precision, index, verb = ""] = parts;
    if (verb === "") return "%!(NOVERB)";
    if (verb === "%") return "%";
    if (index !== undefined) {
      used = Number(index) - 1;
      reordered = true;
      if (used < 0 || used >= args.length) return `%!${verb}(BADINDEX)`;
    }
    const star = (text: string | undefined): number | undefined => {
      if (text === undefined) return undefined;
      return text === "*" ? Number(args[used++]) : Number(text);
    };
    const spec = { flags, width: star(width), precision: star(precision), verb };
    if ((spec.width ?? 0) > maxWidth) return "%!(BADWIDTH)";
    if (used >= args.length) return `%!${verb}(MISSING)`;
    return pad(formatOne(args[used++], spec), spec);
  });
  const extra = reordered ? [] : args.slice(used);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.map((value) => `${typeName(value)}=${printValue(value)}`).join(", ")})`;
}

function pad(text: string, { flags, width, verb }: Spec): string {
  const length = Array.from(text).length;
  if (width === undefined || length >= Math.abs(width)) return text;
  const fill = Math.abs(width) - length;
  if (flags.includes("-") || width < 0) return text + " ".repeat(fill);
  if (!flags.includes("0") || verb === "v") return " ".repeat(fill) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(fill) + text.slice(sign.length);
}

function formatOne(value: unknown, spec: Spec): string {
  const { verb, flags } = spec;
  if (verb === "T") return typeName(value);
  if (verb === "v") return flags.includes("#") ? goSyntax(value) : signed(printValue(value, { plus: flags.includes("+") }), value, flags);
  if (Array.isArray(value)) return `[${value.map((item) => formatOne(item, spec)).join(" ")}]`;
  if (value === undefined || value === null) return `%!${verb}(<nil>)`;
  if (typeof value === "string") return formatString(value, spec);
  if (typeof value === "boolean") return verb === "t" ? String(value) : wrongType(value, verb);
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) return formatInteger(BigInt(value), spec);
  if (typeof value === "number" || value instanceof GoFloat) return formatReal(value instanceof GoFloat ? value.value : value, value, spec);
  return verb === "s" || verb === "d" ? printValue(value) : verb === "q" ? printValue(value, { quote: true }) : wrongType(value, verb);
}

const wrongType = (value: unknown, verb: string): string => `%!${verb}(${typeName(value)}=${printValue(value)})`;

function signed(text: string, value: unknown, flags: string): string {
  const number = typeof value === "number" || typeof value === "bigint";
  if (!number || text.startsWith("-")) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function formatString(value: string, { verb, precision, flags }: Spec): string {
  const text = precision === undefined ? value : Array.from(value).slice(0, precision).join("");
  switch (verb) {
    case "s": return text;
    case "q": return flags.includes("#") && !text.includes("`") ? `\`${text}\`` : goQuote(text);
    case "x": case "X": {
      const plain = Buffer.from(text).toString("hex");
      const hex = flags.includes(" ") ? plain.replace(/..(?=.)/g, "$& ") : plain;
      return verb === "X" ? hex.toUpperCase() : hex;
    }
    default: return wrongType(value, verb);
  }
}

function formatInteger(value: bigint, { verb, flags, precision }: Spec): string {
  const radix = { d: 10, x: 16, X: 16, o: 8, b: 2, O: 8 }[verb];
  if (verb === "c") return String.fromCodePoint(Number(value));
  if (verb === "q") return goQuoteRune(String.fromCodePoint(Number(value)));
  if (verb === "U") return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
  if (radix === undefined) return wrongType(Number(value), verb);
  const digits = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, "0");
  const prefix = verb === "O" ? "0o" : flags.includes("#") ? ({ x: "0x", X: "0X", o: "0", b: "0b" }[verb] ?? "") : "";
  const body = `${prefix}${verb === "X" ? digits.toUpperCase() : digits}`;
  return value < 0n ? `-${body}` : flags.includes("+") ? `+${body}` : flags.includes(" ") ? ` ${body}` : body;
}

function formatReal(value: number, original: unknown, { verb, flags, precision }: Spec): string {
  const body = realText(value, verb, precision);
  if (body === undefined) return wrongType(original, verb);
  return value >= 0 && flags.includes("+") ? `+${body}` : body;
}

function realText(value: number, verb: string, precision: number | undefined): string | undefined {
  const digits = Math.min(precision ?? 6, 100);
  if (verb === "f" || verb === "F") return value.toFixed(digits);
  if (verb === "e" || verb === "E") {
    const text = value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
    return verb === "E" ? text.toUpperCase() : text;
  }
  if (verb === "g" || verb === "G") {
    const text = precision === undefined ? formatFloat(value) : formatFloat(Number(value.toPrecision(Math.max(1, digits))));
    return verb === "G" ? text.toUpperCase() : text;
  }
  return undefined;
}

/** `%#v`, for the values reports have. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `${typeName(value)}{${value.map(goSyntax).join(", ")}}`;
  if (typeof value === "string") return goQuote(value);
  return printValue(value, { plus: true });
}
