/** New names for entries of an archive. Pure. */

/**
 * The name with the longest prefix (at a slash, or the whole name) that `names` has replaced by what it maps to; names are raw
 * strings. Directories keep their final slash.
 */
export function renameEntry(names: Readonly<Record<string, string>>, rawName: string): string {
  for (let end = rawName.length; end > 0; end = rawName.lastIndexOf("/", end - 1)) {
    const prefix = rawName.slice(0, end);
    if (Object.hasOwn(names, prefix)) return `${names[prefix] ?? ""}${rawName.slice(end)}`;
  }
  return rawName.startsWith("/") && Object.hasOwn(names, "/") ? `${names["/"] ?? ""}${rawName}` : rawName;
}
