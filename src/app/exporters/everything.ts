/** All that was made of a case as one zip. */
import { writeLabelNames } from '../../data/labelNames';
import type { App } from '../app';
import { cocoOf } from '../coco';
import { writeSession } from '../document/session';
import type { Exporter } from '../exporter';
import { hasMask, labelsOnFile, labelText, objectOnFile, stemOf } from '../fileLabels';
import { type OpenCase, shownCase } from '../state';
import { zipBlob } from '../zip';
import { labelPng } from './maskPng';
import { niftiOf } from './nifti';

/** The exporter. */
export const exporter: Exporter = {
  id: 'everything',
  label: 'Everything (zip)',
  about:
    'Label map, a mask for each object, COCO JSON and the session of what is shown. Dropped again, it is put back onto its image.',
  order: 38,
  lacks(s) {
    const open = shownCase(s);
    return open && hasMask(open.timeline.now) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }: App) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no image is shown');
    return { name: `${stemOf(open.info.name)}.zip`, blob: await zipBlob(await filesOf(open)) };
  },
};

async function filesOf({ info, timeline: { now }, look }: OpenCase): Promise<Map<string, Blob | string>> {
  const stem = stemOf(info.name);
  const files = new Map<string, Blob | string>();
  const masks = info.kind === 'image' ? imageMasks : volumeMasks;
  for (const [name, blob] of await masks({ info, timeline: { now } })) files.set(`${stem}${name}`, blob);
  files.set(`${stem}-coco.json`, JSON.stringify(cocoOf(now, info)));
  files.set(`${stem}.session.json`, writeSession(info, now, look));
  const ids = now.objects.map((o) => `${o.id}\t${o.name.replace(/[\t\r\n]/g, ' ')}`);
  files.set(`${stem}-labels.tsv`, ['value\tname', ...ids, ''].join('\n'));
  return files;
}

type Made = Pick<OpenCase, 'info'> & { readonly timeline: Pick<OpenCase['timeline'], 'now'> };

/** The label map, and 0 and 255 for each object (which may overlap). */
async function imageMasks({ info, timeline: { now } }: Made): Promise<[string, Blob][]> {
  const png = (data: Uint8Array, names: string) => new Blob([labelPng(data, info, names)]);
  const out: [string, Blob][] = [['-mask.png', png(labelsOnFile(now, info), labelText(now))]];
  for (const o of now.objects) {
    const mask = objectOnFile(o, info).get(0);
    const names = writeLabelNames([{ value: 255, name: o.name, colour: o.colour }]);
    if (mask)
      out.push([
        `-${o.id}-${o.name}.png`,
        png(
          mask.map((v) => 255 * v),
          names,
        ),
      ]);
  }
  return out;
}

/** The label map; where objects overlap, each on its own, too. */
async function volumeMasks({ info, timeline: { now } }: Made): Promise<[string, Blob][]> {
  const out: [string, Blob][] = [['-mask.nii.gz', await niftiOf(now, info)]];
  for (const o of now.objects) {
    if (o.masks.size && now.objects.length > 1)
      out.push([`-${o.id}-${o.name}.nii.gz`, await niftiOf({ objects: [o], active: null }, info)]);
  }
  return out;
}
