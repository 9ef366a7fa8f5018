/** The labels of an image as a PNG in the file's own size: a pixel's value is its object's id. */
import type { Bytes } from '../../data/bytes';
import { encodePng } from '../../data/image';
import { LABELS_FORMAT } from '../../data/labelNames';
import { withPngText } from '../../data/pngText';
import type { CaseInfo } from '../document/caseInfo';
import type { Exporter } from '../exporter';
import { hasMask, labelsOnFile, labelText, stemOf } from '../fileLabels';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'mask-png',
  label: 'Mask (PNG)',
  about: 'One grey value for each object, 0 elsewhere, in the size of the file; their names are in the file, too.',
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
    const png = labelPng(labelsOnFile(timeline.now, info), info, labelText(timeline.now));
    return { name: `${stemOf(info.name)}-mask.png`, blob: new Blob([png], { type: 'image/png' }) };
  },
};

/** Values in the size of a case's file as a grey PNG that also says what they are called. */
export function labelPng(data: Uint8Array, { source }: Pick<CaseInfo, 'source'>, names: string): Bytes {
  const [width, height] = source.dims;
  return withPngText(encodePng({ width, height, channels: 1, data }), LABELS_FORMAT, names);
}
