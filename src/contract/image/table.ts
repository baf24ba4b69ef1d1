import { pull } from "./pull.ts";
import { push } from "./push.ts";
import { list } from "./list.ts";
import { inspect } from "./inspect.ts";
import { exists } from "./exists.ts";
import { tag } from "./tag.ts";
import { untag } from "./untag.ts";
import { remove } from "./remove.ts";
import { prune } from "./prune.ts";
import { load } from "./load.ts";
import { loadPath } from "./load-path.ts";
import { save } from "./save.ts";
import { importImage } from "./import.ts";
import { history } from "./history.ts";
import { search } from "./search.ts";
import { tree } from "./tree.ts";
import { diff } from "./diff.ts";
import { listPath } from "./list-path.ts";
import { mount, mounts } from "./mount.ts";
import { scp } from "./scp.ts";
import { sign } from "./sign.ts";
import { unmount } from "./unmount.ts";

/** Operations on images, in the order of documents. */
export const image = { pull, push, list, inspect, exists, tag, untag, remove, prune, load, loadPath, save, import: importImage, history, search, tree, diff, mount, unmount, mounts, listPath, sign, scp } as const;
