/** The objects as COCO JSON with run-length masks. */
import { cocoOf } from '../coco';
import type { Exporter } from '../exporter';
import { hasMask, stemOf } from '../fileLabels';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'coco',
  label: 'Objects (COCO JSON)',
  about:
    'Run-length masks with box, area and category: one annotation for each object and slice. Dropped again, it is put back onto its image.',
  order: 30,
  lacks(s) {
    const open = shownCase(s);
    return open && hasMask(open.timeline.now) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no image is shown');
    const text = JSON.stringify(cocoOf(open.timeline.now, open.info));
    return { name: `${stemOf(open.info.name)}-coco.json`, blob: new Blob([text], { type: 'application/json' }) };
  },
};
