/** One JSON list on disk, parsed once per change. */
import { closeSync, fstatSync, openSync, readFileSync, statSync, type BigIntStats } from "node:fs";
import { EngineError, isErrno, within } from "../../base/errors.ts";
import { spliceRecords, type Change } from "./splice.ts";
import { replaceFile } from "./write-file.ts";

/** A store with 100,000 layers has about 60 MB; beyond this the file is not what it says. */
const maxFileBytes = 512 * 1024 * 1024;

/** A list that belongs to one state of the file; the same object while the file is unchanged. */
export class RecordFile<T extends { readonly id: string }> {
  readonly path: string;
  /** Whether the data must be on disk before each rename; asked at the first write. */
  readonly sync: () => boolean;
  #identity = "";
  #records: readonly T[] = [];
  /** The file's text for `#records`. */
  #text = "[]";

  constructor(path: string, sync: () => boolean = () => false) {
    this.path = path;
    this.sync = sync;
  }

  /** @throws data-loss when the file is not a JSON list; an entry without an id is left out */
  read(): readonly T[] {
    const stat = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const identity = stat === undefined ? "" : identityOf(stat);
    if (identity === this.#identity) return this.#records;
    return this.#load();
  }

  /** `records` with `changed` differing from what `read` returned last. The caller holds the lock and has recorded the write. */
  write(records: readonly T[], changed: ReadonlySet<string>): void {
    const changes = [...changed].map((id): Change => {
      const record = records.find((candidate) => candidate.id === id);
      return [id, record === undefined ? undefined : JSON.stringify(record)];
    });
    const text = spliceRecords(this.#text, this.#records.length, changes) ?? JSON.stringify(records);
    replaceFile(this.path, text, this.sync());
    this.#records = records;
    this.#text = text;
    this.#identity = identityOf(statSync(this.path, { bigint: true }));
  }

  #load(): readonly T[] {
    let fd: number;
    try { fd = openSync(this.path, "r"); } catch (error) {
      if (!isErrno(error, "ENOENT")) throw within(`read "${this.path}"`, error);
      this.#identity = "";
      this.#text = "[]";
      return this.#records = [];
    }
    try {
      const stat = fstatSync(fd, { bigint: true });
      if (stat.size > BigInt(maxFileBytes)) throw new EngineError("data-loss", `read "${this.path}": larger than ${maxFileBytes} bytes`);
      const text = readFileSync(fd, "utf8");
      this.#records = parse<T>(this.path, text);
      this.#text = text.trim() === "" ? "[]" : text;
      this.#identity = identityOf(stat);
      return this.#records;
    } finally { closeSync(fd); }
  }
}

function identityOf(stat: BigIntStats): string {
  return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

function parse<T extends { readonly id: string }>(path: string, text: string): readonly T[] {
  if (text.trim() === "") return [];
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) {
    throw new EngineError("data-loss", `read "${path}": not valid JSON`, { cause, hint: "restore the file from a backup, or move it away: the objects it lists are then no longer known" });
  }
  if (value === null) return [];
  if (!Array.isArray(value)) throw new EngineError("data-loss", `read "${path}": not a JSON list`);
  return value.filter((entry: unknown): entry is T => typeof entry === "object" && entry !== null && "id" in entry && typeof entry.id === "string" && isSafeId(entry.id));
}

/** An id becomes a directory name: nothing else may come out of a JSON file. */
export function isSafeId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(id);
}
