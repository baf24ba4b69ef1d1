/** A case is data: what both programs are told, in words with places for what differs between them. */

/**
 * Arguments of one call. `{image}` is the image, `{dir}` a folder of the side's own, `{probe}` the script that shows a container
 * from inside (probe.ts).
 */
export type Args = readonly string[];

export interface Step {
  readonly args: Args;
  readonly stdin?: string;
  /** Lines may come in any order. */
  readonly sorted?: boolean;
  /** The output is JSON: compared field by field. */
  readonly json?: boolean;
  /** Not compared: what makes the ground for the next steps, and must succeed. */
  readonly ground?: boolean;
  /** Not compared, may fail: clears up. */
  readonly clean?: boolean;
  /** Not the words of the answer, only its status and whether there is one: where the words are a runtime's or the kernel's. */
  readonly statusOnly?: boolean;
}

export interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Uses names or addresses of the machine, which the other side must not use at the same time. */
  readonly alone?: boolean;
}

/** A difference that stays: `case` and `part` are globs. */
export interface Accepted { readonly case: string; readonly part: string; readonly reason: string }

export interface Answer { readonly status: number; readonly stdout: string; readonly stderr: string }
export interface Difference { readonly case: string; readonly part: string; readonly ours: string; readonly theirs: string }
