import { expect, test } from 'vitest';
import { dicomSeries } from '../../src/data/dicomSeries';
import { listShared, needShared, readShared } from '../harness/shared';

test('a folder of several series, a segmentation and a stranger: each on its own', async (context) => {
  await needShared(context, 'data');
  const file = async (name: string) => ({ name, blob: new Blob([await readShared('data', `formats/dicom/${name}`)]) });
  const brain = (await listShared('data', 'formats/dicom/series-brain')).map((n) => `series-brain/${n}`);
  const ct = (await listShared('data', 'formats/dicom/series-ct2')).map((n) => `series-ct2/${n}`);
  const mixed = brain.flatMap((name, i) => (i < ct.length ? [name, ct[i]] : [name]));
  const files = await Promise.all([...mixed, 'CT_small.dcm', 'hd_seg_image_ct_binary.dcm', 'rtplan.dcm'].map(file));
  const bad = { name: 'bad.dcm', blob: new Blob([new Uint8Array(300)]) };
  const groups = (await dicomSeries([...files, bad, bad])).map((g) => g.map((f) => f.name));
  expect(groups).toEqual([
    brain,
    ct,
    ['CT_small.dcm'],
    ['hd_seg_image_ct_binary.dcm'],
    ['rtplan.dcm'],
    ['bad.dcm'],
    ['bad.dcm'],
  ]);
});
