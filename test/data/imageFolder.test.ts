import { expect, test } from 'vitest';
import { fileFolder, loadSamples, objectsOf } from '../../src/data/dataset';
import { encodePng } from '../../src/data/image';
import { imageFolder } from '../../src/data/imageFolder';
import { listShared, needShared, readShared } from '../harness/shared';
import { exif, greyJpeg, greyPng } from './imageBytes';

const picture = (width = 3, height = 2, level = 9) =>
  encodePng({ width, height, channels: 1, data: new Uint8Array(width * height).fill(level) });
const mask = (...values: number[]) => encodePng({ width: 3, height: 2, channels: 1, data: Uint8Array.from(values) });
const folder = (files: Record<string, ArrayLike<number> | string>) =>
  fileFolder(
    'set',
    new Map(
      Object.entries(files).map(([path, data]) => [
        path,
        new Blob([typeof data === 'string' ? data : Uint8Array.from(data)]),
      ]),
    ),
  );
const open = (files: Record<string, ArrayLike<number> | string>) => imageFolder.open(folder(files));

test('pairs by name, whatever the extension, the order and the ending', async () => {
  const set = await open({
    'masks/b_mask.png': mask(0, 0, 255, 255, 0, 0),
    'masks/a.png': mask(0, 1, 2, 0, 0, 0),
    'images/sub/c.png': picture(),
    'masks/sub/c-seg.png': mask(0, 0, 0, 0, 0, 0),
    'images/b.PNG': picture(3, 2, 50),
    'images/a.png': picture(),
    'images/.DS_Store': 'x',
    '__MACOSX/images/a.png': 'x',
  });
  expect(set).toMatchObject({ name: 'set', notes: [] });
  expect(set.cases.map((c) => [c.id, c.mask])).toEqual([
    ['a', 'masks/a.png'],
    ['b', 'masks/b_mask.png'],
    ['sub/c', 'masks/sub/c-seg.png'],
  ]);
  const samples = [];
  for await (const sample of loadSamples(set)) samples.push(sample);
  expect(samples.map((s) => s.emptyMask)).toEqual([false, false, true]);
  expect(samples[1].image).toEqual({ width: 3, height: 2, data: new Uint8Array(18).fill(50) });
  expect(samples[1].classes).toEqual([{ value: 255, name: 'object' }]);
  await expect(set.load('x')).rejects.toThrow(/set: no case "x" — there are 3, such as a/);
});

test('several labels become several objects', async () => {
  const set = await open({ 'images/a.png': picture(), 'masks/a.png': mask(0, 1, 2, 2, 0, 0) });
  expect(objectsOf(await set.load('a'))).toEqual([
    { value: 1, name: 'label 1', mask: Uint8Array.of(0, 1, 0, 0, 0, 0), area: 1, empty: false },
    { value: 2, name: 'label 2', mask: Uint8Array.of(0, 0, 1, 1, 0, 0), area: 2, empty: false },
  ]);
});

test('with an index: names, further fields, cases without a mask, classes that a case does not show', async () => {
  const index = [
    {
      id: 'one',
      image: 'images/x.png',
      mask: 'masks/y.png',
      values: { 0: 'background', 1: 'disc', 2: 'cup' },
      patient: 'p7',
      width: 3,
      height: 2,
    },
    { id: 'two', image: 'images/x.png', mask: null },
  ];
  const set = await open({
    'index.json': JSON.stringify(index),
    'images/x.png': picture(),
    'masks/y.png': mask(0, 1, 0, 0, 0, 0),
  });
  const sample = await set.load('one');
  expect(sample.meta).toEqual({ patient: 'p7' });
  expect(objectsOf(sample).map(({ name, area, empty }) => [name, area, empty])).toEqual([
    ['disc', 1, false],
    ['cup', 0, true],
  ]);
  const bare = await set.load('two');
  expect(bare).toMatchObject({ labels: null, emptyMask: false });
  expect(objectsOf(bare)).toEqual([]);
});

test('things worth knowing are noted', async () => {
  const set = await open({
    'images/a.png': picture(),
    'masks/a.png': mask(0, 1, 0, 0, 0, 0),
    'images/b.png': picture(),
    'masks/z.png': mask(1, 1, 1, 1, 1, 1),
    'images/c.tif': 'x',
  });
  expect(set.notes).toEqual([
    '1 images have no mask: images/b.png',
    '1 masks have no image: masks/z.png',
    '1 files are of a kind that is not read: images/c.tif',
  ]);
});

test('a turned photograph is compared and loaded upright', async () => {
  const turned = greyJpeg({ more: exif(6) }); // stored 16 × 8, upright 8 × 16
  const good = await open({ 'images/a.jpg': turned, 'masks/a.png': await greyPng(8, 16, new Array(128).fill(255)) });
  expect((await good.load('a')).image).toMatchObject({ width: 8, height: 16 });
  await expect(
    open({ 'images/a.jpg': turned, 'masks/a.png': await greyPng(16, 8, new Array(128).fill(255)) }),
  ).rejects.toThrow(/masks\/a\.png is 16 × 8, its image 8 × 16/);
});

test('a header longer than the first look', async () => {
  const comment = [0xff, 0xfe, 0xff, 0xff, ...new Array(65533).fill(1)];
  const set = await open({
    'images/a.jpg': greyJpeg({ more: [...comment, ...comment] }),
    'masks/a.png': await greyPng(16, 8, new Array(128).fill(0)),
  });
  expect((await set.load('a')).emptyMask).toBe(true);
});

const pair = { 'images/a.png': picture(), 'masks/a.png': mask(0, 255, 0, 0, 0, 0) };

test.each<[string, Record<string, ArrayLike<number> | string>, RegExp]>([
  ['nothing', {}, /set: no image has a mask — 0 pictures in images\/, 0 in masks\//],
  ['images alone', { 'images/a.png': picture() }, /1 pictures in images\/, 0 in masks\//],
  [
    'names that do not meet',
    { 'images/a.png': picture(), 'masks/b.png': picture() },
    /no image has a mask — 1 pictures in images\/, 1 in masks\//,
  ],
  ['one folder too high', { 'data/images/a.png': picture() }, /did you mean data\?/],
  [
    'other formats',
    { 'images/a.tif': 'x', 'masks/a.tif': 'x' },
    /2 files are of a kind that is not read.*convert them to PNG/,
  ],
  [
    'two images of one name',
    { ...pair, 'images/a.jpg': greyJpeg() },
    /images\/a\.png and images\/a\.jpg have the same name/,
  ],
  ['two masks of one image', { ...pair, 'masks/a_mask.png': picture() }, /are both masks of a/],
  [
    'a mask of another size',
    { ...pair, 'masks/a.png': picture(2, 3) },
    /1 of 1 cases have sizes that do not agree: masks\/a\.png is 2 × 3, its image 3 × 2/,
  ],
  [
    'another size than the index says',
    { ...pair, 'index.json': JSON.stringify([{ id: 'a', image: 'images/a.png', width: 4, height: 2 }]) },
    /images\/a\.png is 3 × 2, index\.json says 4 × 2/,
  ],
  [
    'an index that names missing files',
    { ...pair, 'index.json': JSON.stringify([{ id: 'a', image: 'images/q.png' }]) },
    /names 1 files that are not there/,
  ],
  [
    'an index that leaves the folder',
    { ...pair, 'index.json': JSON.stringify([{ id: 'a', image: '../q.png' }]) },
    /leads outside the folder/,
  ],
  [
    'an image that is none',
    { ...pair, 'images/a.png': 'GIF89a' },
    /set\/images\/a\.png: it is neither PNG nor JPEG; it looks like a GIF/,
  ],
  ['an empty file', { ...pair, 'masks/a.png': '' }, /set\/masks\/a\.png: the file is empty/],
])('refuses %s', async (_what, files, words) => {
  await expect(open(files)).rejects.toThrow(words);
});

test('damage behind the header is found when the case is loaded, by file', async () => {
  const cut = Array.from(picture(300, 200)).slice(0, 60);
  const set = await open({ 'images/a.png': cut, 'masks/a.png': await greyPng(300, 200, new Uint8Array(60000)) });
  await expect(set.load('a')).rejects.toThrow(/set\/images\/a\.png: PNG ends inside a chunk/);
});

test('a layout is told by its files', () => {
  expect(imageFolder.matches(['images/a.png'])).toBe(true);
  expect(imageFolder.matches(['index.json'])).toBe(true);
  expect(imageFolder.matches(['a.nii.gz'])).toBe(false);
});

const sharedFolder = async (name: string) => {
  const paths: string[] = ['index.json'];
  for (const sub of ['images', 'masks'])
    for (const file of await listShared('data', `${name}/${sub}`)) paths.push(`${sub}/${file}`);
  return {
    name,
    list: async () => paths,
    open: async (path: string) => new Blob([await readShared('data', `${name}/${path}`)]),
  };
};

test.for([
  ['ultrasound-breast', 35, ['lesion']],
  ['fundus-disc-cup', 24, ['optic disc (rim, outside the cup)', 'optic cup']],
  ['dermoscopy', 23, ['skin lesion']],
  ['ct-slices-multiorgan', 2, ['aorta', 'inferior vena cava', 'liver', 'spleen']],
  ['mri-brain-tumour-2d', 24, ['necrosis', 'oedema', 'non-enhancing tumour', 'enhancing tumour']],
  ['endoscopy-polyp', 16, ['polyp']],
  ['histology-nuclei', 14, ['nucleus']],
  ['xray-lungs', 3, ['lung']],
  ['fundus-vessels', 20, ['vessel (first observer)']],
] as const)('opens %s and loads its first case', async ([name, count, classes], context) => {
  await needShared(context, 'data');
  const set = await imageFolder.open(await sharedFolder(name));
  expect(set.cases).toHaveLength(count);
  const sample = await set.load(set.cases[0].id);
  expect(sample.classes.map((c) => c.name)).toEqual(classes);
  expect(sample.labels).toHaveLength(sample.image.width * sample.image.height);
  expect(objectsOf(sample).some((o) => !o.empty)).toBe(true);
});
