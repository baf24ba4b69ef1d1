/** A process that works on a store until it is killed: argv is the graph root, the run root and a number. */
import { newId } from "../../src/base/ids.ts";
import { openStore } from "../../src/storage/open.ts";
import { addImage } from "../../src/storage/testing/temporary-store.ts";

const [graphRoot = "", runRoot = "", seed = "0"] = process.argv.slice(2);
const store = await openStore({ rootless: false, storage: { driver: "overlay", graphRoot, runRoot, additionalImageStores: [], options: {}, transient: false } });
process.stdout.write("ready\n");
for (let round = 0; ; round++) {
  const image = await addImage(store, `localhost/image${seed}:${round % 3}`, [{ base: "base" }, { [`own${seed}`]: String(round % 3) }]);
  const container = await store.createContainer({ id: newId(), name: `c${seed}-${round}`, imageId: image.id, volatile: round % 2 === 0 });
  await store.mountContainer(container.id);
  store.containerDirectory(container.id);
  await store.unmountContainer(container.id);
  await store.removeContainer(container.id);
  if (round % 2 === 1) await store.removeImage(image.id);
}
