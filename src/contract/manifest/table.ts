import { addFiles } from "./add-files.ts";
import { create } from "./create.ts";
import { exists } from "./exists.ts";
import { inspect } from "./inspect.ts";
import { modify } from "./modify.ts";
import { push } from "./push.ts";

/** Operations on manifest lists, in the order of documents. They are removed with `image.remove`. */
export const manifest = { create, exists, inspect, modify, addFiles, push } as const;
