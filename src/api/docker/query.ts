/** Query parameters as Docker's clients write them. Pure. */
import { EngineError } from "../../base/errors.ts";
import type { Filters } from "../../contract/kit.ts";
import { normaliseFilters } from "../../contract/wire.ts";
import type { ApiRequest } from "../request.ts";

/** `1`, `true`, and a bare name mean yes; absent means undefined. */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  return value === null ? undefined : value !== "0" && value.toLowerCase() !== "false" && value !== "";
}
/** @throws invalid-argument */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^-?\d+$/.test(value)) throw new EngineError("invalid-argument", `failed to parse parameters: parameter "${name}": "${value.slice(0, 100)}" is not a number`);
  return Number(value);
}
export function text(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === "" ? undefined : value;
}
/** @throws invalid-argument */
export function filters(query: URLSearchParams): Filters {
  const value = text(query, "filters");
  if (value === undefined) return {};
  let parsed: unknown;
  try { parsed = JSON.parse(value); } catch { throw new EngineError("invalid-argument", "failed to parse parameters: \"filters\" is not valid JSON"); }
  return normaliseFilters(parsed, value);
}

/** The JSON object in a request's body; empty when there is none. @throws invalid-argument */
export async function body<T extends object>(request: ApiRequest): Promise<Partial<T>> {
  const value = await request.json();
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new EngineError("invalid-argument", "decode request body: not an object");
  return value as Partial<T>;
}
/** @throws invalid-argument when the route has no such part */
export function parameter(request: ApiRequest, name: string): string {
  const value = request.parameters[name];
  if (value === undefined) throw new EngineError("invalid-argument", `parameter "${name}" is required`);
  return value;
}
