/** The labels of an image as a PNG in the file's own size: a pixel's value is its object's id. */
import { encodePng } from '../../data/image';
import type { CaseInfo } from '../document/caseInfo';
import { labelSlice } from '../document/document';
import type { Exporter } from '../exporter';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'mask-png',
  label: 'Mask (PNG)',
  about: 'One grey value for each object, 0 elsewhere, in the size of the file.',
  order: 10,
  lacks(s) {
    const open = shownCase(s);
    if (open?.info.kind !== 'image') return 'Only images have a mask of one slice.';
    return open.timeline.now.objects.some((o) => o.masks.size) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no image is shown');
    const { info, timeline } = open;
    const [width, height] = info.source.dims;
    const data = enlarged(labelSlice(timeline.now, info, 0), info);
    const name = `${info.name.replace(/\.\w+$/, '')}-mask.png`;
    return { name, blob: new Blob([encodePng({ width, height, channels: 1, data })], { type: 'image/png' }) };
  },
};

/** Labels as shown → in the file's size, nearest. */
function enlarged(labels: Uint8Array, { dims, source }: CaseInfo): Uint8Array {
  const [width, height] = source.dims;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * dims[1]) / height) * dims[0];
    for (let x = 0; x < width; x++) out[y * width + x] = labels[row + Math.floor(((x + 0.5) * dims[0]) / width)];
  }
  return out;
}
