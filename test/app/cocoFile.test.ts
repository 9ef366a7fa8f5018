import { expect, test } from 'vitest';
import { cocoOf } from '../../src/app/coco';
import { cocoObjects, isCoco, readCoco } from '../../src/app/cocoFile';
import type { CaseInfo } from '../../src/app/document/caseInfo';
import type { NewObject } from '../../src/app/document/edits';
import { packMask } from '../../src/app/document/runs';
import { importFiles } from '../../src/app/importFiles';
import { after, imageInfo, volumeInfo } from './cases';

/** A mask of every n-th pixel of a slice. */
const every = (info: CaseInfo, n: number, from = 0) =>
  packMask(Array.from({ length: info.dims[0] * info.dims[1] }, (_, i) => Number(i % n === from)));

/** Axes in another order, two of them flipped. */
const turned = volumeInfo('turned.nii', {
  source: {
    ...{ ...imageInfo().source, dims: [5, 4, 3] },
    turn: { from: [1, 2, 0], flip: [true, false, true] } as CaseInfo['source']['turn'],
  },
});
const large = imageInfo('large', { source: { ...imageInfo().source, dims: [11, 9, 1] } });

const objectsOf = (info: CaseInfo): NewObject[] => {
  const last = info.dims[2] - 1;
  return [
    { id: 3, name: 'lung', colour: [1, 2, 3], masks: new Map([[0, every(info, 2)]]) },
    // Of the same name, and over the first one.
    { id: 9, name: 'lung', colour: [200, 0, 255], score: 0.75, masks: new Map([[last, every(info, 3)]]) },
    {
      id: 1,
      name: '<img src=x onerror=alert(1)> 病変',
      colour: [0, 158, 115],
      masks: new Map([[0, every(info, 3, 1)]]),
    },
  ];
};

const file = (value: unknown, name = 'scan-coco.json') =>
  new File([typeof value === 'string' ? value : JSON.stringify(value)], name);

test.each([
  ['an image', imageInfo('scan')],
  ['an image that is shown smaller', large],
  ['a volume', volumeInfo('ct', { source: { ...imageInfo().source, dims: [4, 3, 5] } })],
  ['a volume that is turned', turned],
])('what was saved of %s comes back: names, colours, numbers, pixels', async (_, info) => {
  const { now } = after({ type: 'addObjects', objects: objectsOf(info) });
  const others = [imageInfo('other'), volumeInfo('another')];
  const { additions, refused } = await importFiles([file(cocoOf(now, info))], {
    open: [info, ...others],
    shown: 'other',
  });
  expect(refused).toEqual([]);
  expect(additions.map((a) => a.case)).toEqual([info.id]);
  expect(after({ type: 'addObjects', objects: additions[0].objects! }).now.objects).toEqual(now.objects);
});

/** A file of one annotation on a 4 × 4 image, with changes. */
const coco = (annotation: object = {}, image: object = {}) => ({
  images: [{ id: 5, file_name: 'folder/a.png', width: 4, height: 4, ...image }],
  categories: [{ id: 2, name: 'cell' }],
  annotations: [{ image_id: 5, category_id: 2, segmentation: { size: [4, 4], counts: [5, 2, 9] }, ...annotation }],
});

test('a file of another program: instances of an image, classes of a volume', () => {
  const one = coco().annotations[0];
  const two = { ...coco(), annotations: [one, one] };
  const open = [imageInfo('a')];
  const [{ objects }] = cocoObjects(readCoco(JSON.stringify(two), 'x.json'), open, 'x.json');
  expect(objects.map((o) => [o.id, o.name, [...(o.masks.get(0) ?? [])]])).toEqual([
    // Down the second column: pixels (1, 1) and (1, 2).
    [undefined, 'cell', [5, 1, 3, 1, 6]],
    [undefined, 'cell', [5, 1, 3, 1, 6]],
  ]);
  const volume = volumeInfo('v', { dims: [4, 4, 3], source: { ...imageInfo().source, dims: [4, 4, 3] } });
  const slices = {
    ...two,
    images: [0, 2].map((k) => ({ id: k, file_name: `v.png#${k}`, width: 4, height: 4 })),
    annotations: [0, 2].map((k) => ({ ...one, image_id: k })),
  };
  const [{ objects: classes }] = cocoObjects(readCoco(JSON.stringify(slices), 'x.json'), [volume], 'x.json');
  expect(classes.map((o) => [o.name, [...o.masks.keys()]])).toEqual([['cell', [0, 2]]]);
});

test.each<[string, unknown, RegExp]>([
  ['another image', coco({}, { file_name: 'b.png' }), /its annotations are of b\.png \(4 × 4\), which is not open/],
  ['another size', coco({}, { width: 5 }), /of folder\/a\.png \(5 × 4\), which is not open/],
  [
    'a mask of another size',
    coco({ segmentation: { size: [400, 400], counts: '1' } }),
    /400 × 400 pixels does not fill/,
  ],
  [
    'counts that ask for terabytes',
    coco({ segmentation: { size: [4, 4], counts: [2 ** 31, 2 ** 31] } }),
    /does not fill/,
  ],
  ['text that is none', coco({ segmentation: { size: [4, 4], counts: '\u0000ü' } }), /does not fill/],
  ['text without an end', coco({ segmentation: { size: [4, 4], counts: 'oooo' } }), /does not fill/],
  ['polygons', coco({ segmentation: [[0, 0, 4, 0, 4, 4]] }), /polygons .* are not read/],
  ['an image that it does not list', coco({ image_id: 6 }), /which is not open/],
  ['a number as a name', { ...coco(), categories: [{ id: 2, name: 7 }] }, /categories\.0\.name/],
  ['an object of number 1000', coco({ object_id: 1000 }), /annotations\.0\.object_id/],
  ['nothing of it', '{"info": {}, "annotations": 3}', /images: /],
  ['half of it', JSON.stringify(coco()).slice(0, 90), /does not parse as JSON/],
])('%s is refused in words', async (_, value, words) => {
  const { additions, refused } = await importFiles([file(value)], { open: [imageInfo('a')] });
  expect(additions).toEqual([]);
  expect(refused.map((r) => r.message)).toEqual([expect.stringMatching(words)]);
  expect(refused[0].message.length).toBeLessThan(400);
});

test('a name of ten million letters becomes a short one; one that is none a number', async () => {
  for (const [given, name] of [
    ['n'.repeat(10_000_000), 'n'.repeat(80)],
    ['\u0000\n', 'Category 2'],
    ['__proto__', '__proto__'],
  ]) {
    const value = { ...coco(), categories: [{ id: 2, name: given }] };
    const { additions } = await importFiles([file(value)], { open: [imageInfo('a')] });
    expect(additions[0].objects?.map((o) => o.name)).toEqual([name]);
  }
});

test('JSON files that are no annotations are left alone', () => {
  expect(isCoco('{"info":{"description":"Objects of a"', 'x.json')).toBe(true);
  expect(isCoco('{ "licenses": [', 'instances.json')).toBe(true);
  expect(isCoco('', 'scan-coco.json')).toBe(true);
  expect(isCoco('{"patients": {"images": 3}}', 'index.json')).toBe(false);
  expect(isCoco('{"info": {}}', 'x.png')).toBe(false);
});
