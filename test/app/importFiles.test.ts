import { expect, test } from 'vitest';
import { MAX_SHOWN } from '../../src/app/importers/image';
import { importFiles } from '../../src/app/importFiles';
import { affineOf } from '../../src/data/affine';
import { encodePng } from '../../src/data/image';
import { writeNifti } from '../../src/data/niftiWrite';
import { makeVolume } from '../../src/data/volume';
import { turnBack } from '../../src/data/volumeReorient';

/** A PNG of one colour. */
const png = (width: number, height: number, name = 'scan.png') =>
  new File([encodePng({ width, height, data: new Uint8Array(width * height * 3).fill(77) })], name);

test('an image keeps its size; a large one is shown smaller and says what it was', async () => {
  const { cases, refused } = await importFiles([png(60, 30), png(MAX_SHOWN * 2, MAX_SHOWN, 'large.png')]);
  expect(refused).toEqual([]);
  expect(cases[0].info).toMatchObject({ name: 'scan.png', dims: [60, 30, 1], modality: 'grey', truth: null });
  expect(cases[0].info.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(cases[1].info).toMatchObject({
    dims: [MAX_SHOWN, MAX_SHOWN / 2, 1],
    source: { dims: [MAX_SHOWN * 2, MAX_SHOWN, 1] },
  });
  expect(cases[1].values.length).toBe((MAX_SHOWN * MAX_SHOWN * 3) / 2);
});

test('a volume is turned to its best plane, and can be turned back to the file’s grid', async () => {
  // RAS, with sagittal slices 5 mm apart.
  const affine = affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [3, 2, 1]);
  const data = Int16Array.from({ length: 24 }, (_, i) => i);
  const file = new File([await writeNifti(makeVolume([2, 3, 4], data, affine))], 'a.nii');
  const { cases, refused } = await importFiles([file]);
  expect(refused).toEqual([]);
  const { info, values } = cases[0];
  expect(info).toMatchObject({
    kind: 'volume',
    plane: 'sagittal',
    dims: [3, 4, 2],
    range: [0, 23],
    source: { dims: [2, 3, 4] },
  });
  expect(info.source.affine?.[0]).toEqual([5, 0, 0, 3]);
  expect([...turnBack(values, info.source.dims, info.source.turn!)]).toEqual([...data]);
});

test.each([
  ['an empty file', new File([], 'a.png'), /a\.png: the file is empty/],
  ['text', new File(['hello'], 'b.png'), /b\.png: it is neither PNG nor JPEG/],
  ['half a PNG', new File([png(64, 64).slice(0, 60)], 'c.png'), /c\.png/],
  ['a line', png(400, 1, 'line.png'), /line\.png: 400 × 1 pixels are too narrow/],
  ['something else', new File(['%PDF-1.4 …'], 'd.pdf'), /d\.pdf: no file of a known kind .* PDF/],
])('%s is refused in words, and the file beside it is opened', async (_, file, words) => {
  const { cases, refused } = await importFiles([file, png(8, 8, 'good.png')]);
  expect(cases.map((c) => c.info.name)).toEqual(['good.png']);
  expect(refused).toHaveLength(1);
  expect(refused[0].message).toMatch(words);
});

test('the second file of a pair is no file of its own', async () => {
  const header = [
    'NRRD0004',
    'type: uchar',
    'dimension: 3',
    'sizes: 2 2 2',
    'encoding: raw',
    'data file: a.raw',
    '',
    '',
  ];
  const files = [new File([new Uint8Array(8).fill(7)], 'a.raw'), new File([header.join('\n')], 'a.nhdr')];
  const { cases, refused } = await importFiles(files);
  expect(refused).toEqual([]);
  expect(cases.map((c) => [c.info.name, c.values.length])).toEqual([['a.nhdr', 8]]);
});
