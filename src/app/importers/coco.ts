/** Objects as COCO annotations: put back onto the images that are open. */
import { isCoco, MAX_COCO, readCoco } from '../cocoFile';
import type { Importer } from '../importer';

/** The importer. */
export const importer: Importer = {
  id: 'coco',
  words: 'COCO annotations',
  order: 6,
  takes: (files) =>
    files.filter(({ head, name }) => isCoco(new TextDecoder('latin1').decode(head), name)).map((f) => [f]),
  async open([{ blob, name }]) {
    if (blob.size > MAX_COCO) throw new Error(`${name}: ${blob.size} bytes are too many for annotations`);
    return { coco: readCoco(await blob.text(), name) };
  },
};
