export interface PackageRow { readonly need: string; readonly packages: Readonly<Record<string, string | null>>; readonly optional?: boolean }
export const enginePackages: readonly PackageRow[];
export const testPackages: readonly PackageRow[];
export const managers: readonly { readonly name: string; readonly program: string; readonly refresh?: readonly string[]; readonly install: readonly string[] }[];
export const extraFolders: readonly string[];
