import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../formats/digest.ts";
import { openBlobCache } from "./blob-cache.ts";

test("forms and places outlive the command; a file that is no cache is none", () => {
  const folder = mkdtempSync(join(tmpdir(), "blob-cache-"));
  try {
    const [plain, packed] = [digestOf("plain"), digestOf("packed")];
    {
      using cache = openBlobCache(folder);
      expect(cache?.forms(plain)).toEqual([]);
      cache?.recordForm(plain, { digest: packed, compressor: "gzip" });
      cache?.recordPlace("registry.test", packed, "registry.test/a");
    }
    {
      using cache = openBlobCache(folder);
      expect(cache?.forms(plain)).toEqual([{ digest: packed, compressor: "gzip" }]);
      expect(cache?.repositories("registry.test", packed)).toEqual(["registry.test/a"]);
      expect(cache?.repositories("other.test", packed)).toEqual([]);
    }
    mkdirSync(join(folder, "broken/cache"), { recursive: true });
    writeFileSync(join(folder, "broken/cache/blob-info-cache-v1.sqlite"), "x".repeat(5000));
    expect(openBlobCache(join(folder, "broken"))).toBeUndefined();
  } finally { rmSync(folder, { recursive: true }); }
});
