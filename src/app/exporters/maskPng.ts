/** The labels of an image as a PNG in the file's own size: a pixel's value is its object's id. */
import { encodePng } from '../../data/image';
import type { Exporter } from '../exporter';
import { hasMask, labelsOnFile, stemOf } from '../fileLabels';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'mask-png',
  label: 'Mask (PNG)',
  about: 'One grey value for each object, 0 elsewhere, in the size of the file.',
  order: 10,
  applies: (s) => shownCase(s)?.info.kind !== 'volume',
  lacks(s) {
    const open = shownCase(s);
    return open && hasMask(open.timeline.now) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no image is shown');
    const { info, timeline } = open;
    const [width, height] = info.source.dims;
    const png = encodePng({ width, height, channels: 1, data: labelsOnFile(timeline.now, info) });
    return { name: `${stemOf(info.name)}-mask.png`, blob: new Blob([png], { type: 'image/png' }) };
  },
};
