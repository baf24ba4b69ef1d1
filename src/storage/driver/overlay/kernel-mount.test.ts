import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeTree } from "../../tempdir/remove.ts";
import { mountByParameters, mountByShortNames, mountOverlay, optionText } from "./kernel-mount.ts";
import { splitMountOptions } from "./mount-options.ts";

test("words become flags and options; paths and labels are kept apart", () => {
  expect(splitMountOptions(["nodev", "metacopy=on", "rw", "noexec"])).toEqual({ flags: 4 | 8, attributes: 4 | 8, data: ["metacopy=on"] });
  const request = { target: "/t", lowers: ["/a:b", "/c,d"], upper: { directory: "/u", work: "/w" }, options: ["nodev", "volatile"], label: "s:o:t:c1,c2" };
  expect(optionText(request, request.lowers)).toBe("lowerdir=/a\\:b:/c\\,d,upperdir=/u,workdir=/w,volatile,context=\"s:o:t:c1,c2\"");
});

for (const [name, mount] of Object.entries({ mountOverlay, mountByParameters, mountByShortNames })) {
  test(`${name}: 150 layers below long and awkward paths`, async () => {
    const root = mkdtempSync("/var/tmp/store-test-");
    try {
      const home = join(root, "a rather long name, with a comma: and a colon");
      const lowers = Array.from({ length: 150 }, (_, index) => join(home, `layer-${index}`));
      for (const path of [...lowers, join(home, "upper"), join(home, "work"), join(home, "merged")]) mkdirSync(path, { recursive: true });
      for (const [index, path] of lowers.entries()) writeFileSync(join(path, `f${index}`), "");
      mount({ target: join(home, "merged"), lowers, upper: { directory: join(home, "upper"), work: join(home, "work") }, options: ["nodev"] });
      writeFileSync(join(home, "merged/new"), "");
      expect(readdirSync(join(home, "merged"))).toHaveLength(151);
      expect(readdirSync(join(home, "upper"))).toEqual(["new"]);
    } finally { await removeTree(root); }
  });
}
