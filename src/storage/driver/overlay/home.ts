/**
 * The overlay driver's directories: `<graphroot>/overlay/<id>/{diff,link,lower,work,merged,empty}` and the short links
 * `overlay/l/<26 characters>`, in this store, in the image store and in additional stores.
 */
import { randomBytes } from "../../../base/random.ts";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EngineError, isErrno } from "../../../base/errors.ts";
import { isLayerDirectory } from "../types.ts";
import { rotatedContents } from "./rotate.ts";

/** containers/storage's limit; the kernel's is the same. */
export const maxLowers = 500;
const linkCharacters = 26;
export const linkFolder = "l";
export const tempFolder = "tempdirs";
const otherFolders: ReadonlySet<string> = new Set([linkFolder, tempFolder, "staging"]);

export class OverlayHome {
  readonly home: string;
  readonly runHome: string;
  /** Where read-only layers are made: the image store's, else `home`. */
  readonly imageHome: string;
  /** Every home that layers are looked for in, own first. */
  readonly #homes: readonly string[];

  constructor(graphRoot: string, runRoot: string, imageStore: string | undefined, additional: readonly string[]) {
    this.home = join(graphRoot, "overlay");
    this.runHome = join(runRoot, "overlay");
    this.imageHome = imageStore === undefined ? this.home : join(imageStore, "overlay");
    this.#homes = [...new Set([this.home, this.imageHome, ...additional.map((root) => join(root, "overlay"))])];
  }

  /** Layer directories of the homes that are ours. */
  list(): readonly string[] {
    return [...new Set([this.home, this.imageHome])].flatMap((home) => (existsSync(home) ? readdirSync(home).filter(isLayerDirectory) : []));
  }

  /** The home that has the layer; undefined when none has. */
  homeOf(id: string): string | undefined { return this.#homes.find((home) => existsSync(join(home, id))); }
  /** The layer's directory; where it would be made when it is missing. */
  directory(id: string): string { return join(this.homeOf(id) ?? this.home, id); }
  /** True for a layer that belongs to a store we do not write to. */
  isForeign(id: string): boolean {
    const home = this.homeOf(id);
    return home !== undefined && home !== this.home && home !== this.imageHome;
  }
  content(id: string): string { return join(this.directory(id), "diff"); }
  /** Layers of foreign stores are mounted in our run root: their own `merged` may be in use, or not writable. */
  merged(id: string): string { return this.isForeign(id) ? join(this.runHome, id, "merged") : join(this.directory(id), "merged"); }

  /** The `lower` file of a child of `parent`: links of the parent and its ancestors, nearest first. @throws failed-precondition when the chain is too long */
  lowerOfChild(parent: string): string {
    const links = [`${linkFolder}/${this.#linkOf(parent)}`, ...this.#lowersOf(parent)];
    if (links.length > maxLowers) throw new EngineError("failed-precondition", `layer "${parent}" has ${maxLowers} layers below it: max depth exceeded`);
    return links.join(":");
  }

  /** Absolute paths of the layer's lower links, nearest first. @throws data-loss when a lower layer is gone */
  lowerLinks(id: string): readonly string[] {
    const lowers = this.#lowersOf(id);
    if (lowers.length > maxLowers) throw new EngineError("failed-precondition", "max depth exceeded");
    return lowers.map((lower) => this.#resolveLower(id, lower));
  }

  /** Ids of the layers that the layer shows below its own files, nearest first. @throws data-loss when one is gone */
  lowerIds(id: string): readonly string[] { return this.lowerLinks(id).map((link) => basename(dirname(realDirectory(link)))); }

  /** The lower layers' own `diff` directories without links, nearest first. */
  lowerContents(id: string): readonly string[] {
    const below = this.lowerLinks(id).map((link) => realDirectory(link));
    return [...rotatedContents(this.directory(id)), ...below.flatMap((content) => [content, ...rotatedContents(dirname(content))])];
  }

  /** Earlier contents of the layer that a link names. */
  rotatedBehind(link: string): readonly string[] { return rotatedContents(dirname(realDirectory(link))); }

  #lowersOf(id: string): readonly string[] {
    const text = readIfThere(join(this.directory(id), "lower"));
    return text === undefined ? [] : text.trim().split(":").filter((lower) => lower !== "");
  }

  #resolveLower(id: string, lower: string): string {
    const find = (): string | undefined => this.#homes.map((home) => join(home, lower)).find((path) => existsSync(path));
    const found = find() ?? (this.repairLinks(), find());
    if (found === undefined) throw new EngineError("data-loss", `mount layer "${id}": lower layer "${lower}" is missing`, { hint: "remove the image that has this layer and pull it again" });
    return found;
  }

  #linkOf(id: string): string {
    const directory = this.directory(id);
    const link = readIfThere(join(directory, "link"))?.trim();
    if (link !== undefined && link !== "") return link;
    if (!existsSync(directory)) throw new EngineError("not-found", `layer "${id}" has no directory`);
    return this.#giveLink(join(directory, ".."), id);
  }

  /** A new link for the layer; the `link` file is written after it. */
  #giveLink(home: string, id: string): string {
    const name = newLinkName();
    symlinkSync(join("..", id, "diff"), join(home, linkFolder, name));
    writeFileSync(join(home, id, "link"), name, { mode: 0o644 });
    return name;
  }

  /** Makes `<home>/<id>`'s link. `reuse`: keeps a link that still points there, because children's `lower` files name it. */
  makeLink(home: string, id: string, reuse: boolean): void {
    const links = join(home, linkFolder);
    const old = reuse ? readdirSync(links).find((name) => layerOfLink(join(links, name)) === id) : undefined;
    if (old === undefined) this.#giveLink(home, id); else writeFileSync(join(home, id, "link"), old, { mode: 0o644 });
  }

  /** After a power cut links may be lost: makes those that `link` files name. */
  repairLinks(): void {
    for (const home of new Set([this.home, this.imageHome])) {
      mkdirSync(join(home, linkFolder), { recursive: true, mode: 0o755 });
      for (const id of layerFolders(home)) {
        const name = readIfThere(join(home, id, "link"))?.trim();
        if (name === undefined || !/^[A-Z0-9]{1,64}$/.test(name)) continue;
        const path = join(home, linkFolder, name);
        if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(join("..", id, "diff"), path);
      }
    }
  }

  /** The link's path, when the layer has one. */
  linkPath(id: string): string | undefined {
    const home = this.homeOf(id);
    const name = home === undefined ? undefined : readIfThere(join(home, id, "link"))?.trim();
    return home === undefined || name === undefined || !/^[A-Z0-9]{1,64}$/.test(name) ? undefined : join(home, linkFolder, name);
  }
}

function layerFolders(home: string): readonly string[] {
  return readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !otherFolders.has(entry.name)).map((entry) => entry.name);
}

/** `<home>/l/X` → `<home>/<id>/diff`. */
function realDirectory(link: string): string {
  const home = join(link, "..", "..");
  const id = layerOfLink(link);
  return id === undefined ? link : join(home, id, "diff");
}

function layerOfLink(link: string): string | undefined {
  return /^\.\.\/([^/]+)\/diff$/.exec(readlinkSync(link))?.[1];
}

/** Base32 capitals and digits, as containers/storage draws them. */
function newLinkName(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(randomBytes(linkCharacters), (byte) => alphabet[byte & 31]).join("");
}

function readIfThere(path: string): string | undefined {
  try { return readFileSync(path, "utf8"); } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}
