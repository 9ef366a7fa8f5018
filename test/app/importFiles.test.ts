import { expect, test } from 'vitest';
import { firstLook } from '../../src/app/document/look';
import { writeSession } from '../../src/app/document/session';
import { apply, startTimeline } from '../../src/app/document/timeline';
import { MAX_SHOWN } from '../../src/app/importers/image';
import { importFiles } from '../../src/app/importFiles';
import { affineOf } from '../../src/data/affine';
import { encodePng } from '../../src/data/image';
import { writeNifti } from '../../src/data/niftiWrite';
import { makeVolume } from '../../src/data/volume';
import { turnBack } from '../../src/data/volumeReorient';
import { listShared, needShared, readShared } from '../harness/shared';

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

/** A mask of two objects: columns 0..9 and 20..29 of `width`. */
const mask = (width: number, height: number, name: string) =>
  new File(
    [
      encodePng({
        ...{ width, height, channels: 1 },
        data: Uint8Array.from({ length: width * height }, (_, i) =>
          i % width < 10 ? 1 : i % width >= 20 && i % width < 30 ? 4 : 0,
        ),
      }),
    ],
    name,
  );

test('a mask goes onto its image, open before or dropped with it; the id of a value is kept', async () => {
  const together = await importFiles([mask(60, 30, 'scan-mask.png'), png(60, 30)]);
  expect([together.cases.length, together.refused, together.warnings]).toEqual([1, [], []]);
  const [{ info }] = together.cases;
  const onto = (await importFiles([mask(60, 30, 'anything.png')], { open: [info], shown: info.id })).additions;
  for (const added of [together.additions, onto]) {
    expect(added).toHaveLength(1);
    expect(added[0].case).toBe(info.id);
    expect(added[0].objects?.map((o) => [o.id, o.name, [...o.masks.keys()]])).toEqual([
      [1, 'Label 1', [0]],
      [4, 'Label 4', [0]],
    ]);
    expect([...(added[0].objects?.[1].masks.get(0) ?? [])].slice(0, 3)).toEqual([20, 10, 50]);
  }
});

test('a mask of another size is refused where an image is shown, and is an image where none is', async () => {
  const [{ info }] = (await importFiles([png(60, 30)])).cases;
  const onto = await importFiles([mask(64, 30, 'b-mask.png')], { open: [info], shown: info.id });
  expect(onto.cases).toEqual([]);
  expect(onto.refused[0].message).toMatch(
    /^b-mask\.png: the mask has 64 × 30 pixels, the image scan\.png 60 × 30 — open/,
  );
  const alone = await importFiles([mask(64, 30, 'b-mask.png')]);
  expect(alone.cases[0].info.name).toBe('b-mask.png');
  expect(alone.warnings[0].message).toMatch(/^b-mask\.png: it seems to hold labels/);
});

test('a session goes onto its image alone', async () => {
  const [{ info }] = (await importFiles([png(60, 30)])).cases;
  const { now } = apply(startTimeline(), { type: 'addPoint', at: 'axial:0', point: { x: 1, y: 2, label: 1 } });
  const session = new File([writeSession(info, now, firstLook(info))], 'scan.session.json');
  const back = await importFiles([session], { open: [info] });
  expect(back.additions).toEqual([{ case: info.id, name: 'scan.session.json', doc: now, look: expect.anything() }]);
  expect((await importFiles([session])).refused[0].message).toMatch(/session of scan\.png — open that first/);
});

test('a file that is open already keeps its id, and so its objects', async () => {
  const [{ info }] = (await importFiles([png(60, 30)], { newId: () => 'case-9' })).cases;
  const again = await importFiles([png(60, 30), png(60, 30, 'copy.png')], { open: [info], newId: () => 'case-10' });
  expect(again.cases.map((c) => c.info.id)).toEqual(['case-9', 'case-10']);
});

test('a folder of a data set, dropped as it is: each mask on its image, texts passed over', async (context) => {
  await needShared(context, 'data');
  for (const [folder, pairs] of [
    ['volumes-hippocampus-mri', 12],
    ['fundus-disc-cup/images', 0],
  ] as const) {
    const names = (await listShared('data', folder)).filter((n) => !n.endsWith('/')).slice(0, 26);
    const files = await Promise.all(names.map(async (n) => new File([await readShared('data', `${folder}/${n}`)], n)));
    const { cases, additions, refused, warnings } = await importFiles(files);
    expect(refused).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(12);
    expect(additions).toHaveLength(pairs);
    for (const { case: id, name, objects } of additions) {
      const { info } = cases.find((c) => c.info.id === id)!;
      expect(info.name).toBe(name.replace('_seg', ''));
      expect(objects?.length).toBeGreaterThan(0);
    }
    if (pairs) expect(warnings[0].message).toMatch(/^passed over, since they are texts: .*index\.json|SOURCE\.md/);
  }
});
