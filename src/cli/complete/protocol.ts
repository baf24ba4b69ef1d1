/** The answer of `__complete`. */
export interface Candidate { readonly value: string; readonly doc?: string }
export interface CompletionResult { readonly candidates: readonly Candidate[]; readonly directive: number }

/** What the shell does with the candidates: bits, as cobra numbers them. */
export const directives = { default: 0, error: 1, noSpace: 2, noFiles: 4, filterExtensions: 8, filterDirectories: 16, keepOrder: 32 } as const;

const names: readonly (readonly [number, string])[] = [
  [directives.error, "Error"], [directives.noSpace, "NoSpace"], [directives.noFiles, "NoFileComp"],
  [directives.filterExtensions, "FilterFileExt"], [directives.filterDirectories, "FilterDirs"], [directives.keepOrder, "KeepOrder"],
];

/** `ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp` */
export function directiveNames(directive: number): string {
  const set = names.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => `ShellCompDirective${name}`);
  return set.length === 0 ? "ShellCompDirectiveDefault" : set.join(", ");
}
