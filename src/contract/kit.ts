/**
 * The declare-once kit, operation half (docs/DESIGN in ../shared, §2). An operation states every name, type, default, unit and
 * sentence of one verb on one object. The Engine type, the remote engine, the libpod routes and OpenAPI are derived from it;
 * commands refer to its fields for flag help. Pure: no I/O, no imports but errors.
 */
import type { ErrorCode } from "../base/errors.ts";

export type FieldType = "string" | "boolean" | "integer" | "number" | "string[]" | "map" | "json";

/** What a shell completes for this value. */
export type Completion = "container" | "image" | "volume" | "network" | "pod" | "secret" | "registry" | "sysctl" | "interface" | "file" | "directory" | "none" | readonly string[];

/** One input field. `T` exists in the type only. */
export interface Field<T> {
  readonly type: FieldType;
  /** One sentence, imperative, no period: shown in --help, man pages and OpenAPI. */
  readonly doc: string;
  readonly required: boolean;
  /** Name on the wire (query parameter or JSON key) where it differs from the property name. */
  readonly wire?: string;
  readonly unit?: string;
  readonly completion?: Completion;
  /** Travels in this request header as base64url JSON, because it is secret: queries end up in logs. */
  readonly header?: string;
  /** `local`: means something on the caller's machine only and does not travel. `query`: stays in the query beside a body. */
  readonly where?: "local" | "query";
  readonly phantom?: T;
}

type FieldOptions = Pick<Field<unknown>, "wire" | "unit" | "completion" | "header" | "where">;
type Optional<T> = Field<T | undefined>;

const make = <T>(type: FieldType, doc: string, required: boolean, options: FieldOptions = {}): Field<T> => ({ type, doc, required, ...options });

/** Required string. */
export const text = (doc: string, options?: FieldOptions): Field<string> => make("string", doc, true, options);
/** Optional string. */
export const maybeText = (doc: string, options?: FieldOptions): Optional<string> => make("string", doc, false, options);
/** Optional boolean. */
export const toggle = (doc: string, options?: FieldOptions): Optional<boolean> => make("boolean", doc, false, options);
/** Optional integer. */
export const integer = (doc: string, options?: FieldOptions): Optional<number> => make("integer", doc, false, options);
/** Optional list of strings; repeated on a query string. */
export const list = (doc: string, options?: FieldOptions): Optional<readonly string[]> => make("string[]", doc, false, options);
/** Optional string map. */
export const map = (doc: string, options?: FieldOptions): Optional<Readonly<Record<string, string>>> => make("map", doc, false, options);
/** Podman's filters: `{name: [values]}`, JSON in the query. */
export const filters = (doc = "Show only what matches the filters"): Optional<Filters> => make("json", doc, false, { wire: "filters" });
/** Required structured value with a codec of its own or none. */
export const json = <T>(doc: string, options?: FieldOptions): Field<T> => make("json", doc, true, options);
/** Optional structured value. */
export const maybeJson = <T>(doc: string, options?: FieldOptions): Optional<T> => make("json", doc, false, options);

export type Filters = Readonly<Record<string, readonly string[]>>;
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type OptionalKeys<F extends Fields> = { [K in keyof F]: undefined extends ValueOf<F[K]> ? K : never }[keyof F];
/** The input object of an operation: optional fields may be absent or undefined. */
export type InputOf<F extends Fields> =
  & { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]> }
  & { readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> };

/**
 * `value`: one JSON value. `stream`: newline-delimited JSON items. `bytes`: a byte stream.
 * `duplex`: a hijacked connection (attach, exec start).
 */
export type Kind = "value" | "stream" | "bytes" | "duplex";

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Below `/v{version}/libpod`; `{field}` names an input field. */
  readonly path: string;
  /** Query parameter that is `true` for this operation and tells it from another one with the same method and path. */
  readonly flag?: string;
  /** Status of a success; 200 when absent. */
  readonly status?: number;
  /** Name of the input field that is the JSON body, or `"*"` for all fields that are not in the path. Others go to the query. */
  readonly body?: string;
  /** Name of the input field that is the Content-Type of an upload. */
  readonly contentType?: string;
  /** Turns the JSON body into the field's value and back, where the wire shape is Podman's and not ours. */
  readonly codec?: Codec;
  /** Turns the output into the wire shape and back. */
  readonly outputCodec?: Codec;
  /** The output travels in this header, as base64url JSON, of an answer without a body. */
  readonly answerHeader?: AnswerHeader;
}
export interface AnswerHeader {
  readonly name: string;
  /** Asked for every answer that has the header, whatever its status. */
  readonly fromWire: (wire: never, status: number) => unknown;
}
export interface Codec {
  readonly toWire: (value: never) => unknown;
  readonly fromWire: (wire: never) => unknown;
}

/** Marks the output type; exists in the type only. */
export interface Output<O> { readonly phantom?: O }
export const output = <O>(): Output<O> => ({});
export const nothing: Output<void> = {};

export interface Operation<F extends Fields = Fields, O = unknown, K extends Kind = Kind, B extends boolean = boolean> {
  /** `noun.verb`: becomes `engine.noun.verb(input, options)`. */
  readonly name: string;
  readonly summary: string;
  readonly input: F;
  readonly output: Output<O>;
  readonly kind: K;
  /** The call takes a byte stream (`options.body`): load, import, put archive. */
  readonly upload: B;
  readonly errors: readonly ErrorCode[];
  readonly libpod: Route | { readonly localOnly: string };
}

type Declaration<F extends Fields, O, K extends Kind, B extends boolean> =
  Omit<Operation<F, O, K, B>, "upload" | "errors"> & { readonly upload?: B; readonly errors?: readonly ErrorCode[] };

/** Declares an operation; the identity function, for inference. */
export function defineOperation<const F extends Fields, O, K extends Kind, B extends boolean = false>(
  declaration: Declaration<F, O, K, B>,
): Operation<F, O, K, B> {
  return { errors: [], ...declaration, upload: (declaration.upload ?? false) as B };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Progress lines for a person (`Copying blob …`); never parsed. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /**
   * Attaching to a container that is removed when it ends: the caller stays until then and removes it itself, so the monitor may wait
   * before it does the same. Local only.
   */
  readonly cleansUp?: boolean;
}
export interface UploadOptions extends CallOptions { readonly body: ByteStream }

/** What long work reports. `key` identifies the bar or line; `total` is absent while unknown. */
export interface ProgressEvent {
  readonly key: string;
  readonly message: string;
  readonly current?: number;
  readonly total?: number;
  readonly done?: boolean;
}

export type ByteStream = AsyncIterable<Uint8Array>;

/** One frame of an attached container's or exec session's output. With a terminal everything is `stdout`. */
export interface OutputFrame { readonly stream: "stdout" | "stderr"; readonly data: Uint8Array }

/**
 * An attached session. `output` ends when the container closes its streams (or on detach); `write` queues stdin;
 * `closeWrite` half-closes it. `close` detaches and may be called any number of times.
 */
export interface Duplex {
  /** With a terminal everything is one raw stream. */
  readonly terminal?: boolean;
  readonly output: AsyncIterable<OutputFrame>;
  write(data: Uint8Array): Promise<void>;
  closeWrite(): Promise<void>;
  close(): void;
}

type MethodResult<O, K extends Kind> =
  K extends "value" ? Promise<O> : K extends "stream" ? AsyncIterable<O> : K extends "bytes" ? ByteStream : Promise<Duplex>;
type OptionsOf<B extends boolean> = B extends true ? [options: UploadOptions] : [options?: CallOptions];

/** The method that an operation becomes. */
export type MethodOf<Op> = Op extends Operation<infer F, infer O, infer K, infer B>
  ? (input: InputOf<F>, ...options: OptionsOf<B>) => MethodResult<O, K> : never;

/** `{container: {rename}}` of operations → `{container: {rename(input, options)}}` of methods. */
export type EngineOf<T> = { readonly [N in keyof T]: { readonly [V in keyof T[N]]: MethodOf<T[N][V]> } };
