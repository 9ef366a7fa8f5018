import { expect, test } from 'vitest';
import { decodeImage } from '../../src/data/image';
import { labelMap } from '../../src/data/labels';
import { blobOf, greyJpeg, greyPng, png } from './imageBytes';

const lesion = [{ value: 255, name: 'lesion' }];
const read = async (
  bytes: ArrayLike<number>,
  declared: Parameters<typeof labelMap>[2] = null,
  background?: ReadonlySet<number>,
) => labelMap(await decodeImage(blobOf(bytes)), 'm.png', declared, background);
const blackWhite = [0, 0, 0, 255, 255, 255];

test('0 / 255 is one class, "object"; other values are classes by number', async () => {
  expect(await read(await greyPng(3, 1, [0, 255, 255]))).toEqual({
    labels: Uint8Array.of(0, 255, 255),
    classes: [{ value: 255, name: 'object' }],
    empty: false,
  });
  expect((await read(await greyPng(3, 1, [0, 2, 1]))).classes).toEqual([
    { value: 1, name: 'label 1' },
    { value: 2, name: 'label 2' },
  ]);
});

test('declared classes stay, also where a mask does not show them', async () => {
  const declared = [
    { value: 1, name: 'disc' },
    { value: 2, name: 'cup' },
  ];
  expect(await read(await greyPng(2, 1, [0, 1]), declared)).toMatchObject({ classes: declared, empty: false });
});

test('an empty mask is flagged', async () => {
  expect(await read(await greyPng(2, 1, [0, 0]))).toMatchObject({ classes: [], empty: true });
  expect(await read(await greyPng(2, 1, [0, 0]), lesion)).toMatchObject({ classes: lesion, empty: true });
  expect(await read(await greyPng(2, 1, [7, 0]), lesion, new Set([0, 7]))).toMatchObject({ empty: true });
});

test('palette indices are the labels', async () => {
  const spec = { width: 3, height: 1, colour: 3, palette: [0, 0, 0, 200, 0, 0, 0, 200, 0], rows: [[0, 2, 1]] };
  expect([...(await read(await png(spec))).labels]).toEqual([0, 2, 1]);
  expect([
    ...(
      await read(
        await png(spec),
        [1, 2].map((value) => ({ value, name: `${value}` })),
      )
    ).labels,
  ]).toEqual([0, 2, 1]);
});

test('a black-and-white palette under declared 0 / 255 is read by its colours', async () => {
  const spec = { width: 2, height: 1, colour: 3, depth: 1, palette: blackWhite, rows: [[0b01000000]] };
  expect([...(await read(await png(spec), lesion)).labels]).toEqual([0, 255]);
  expect([...(await read(await png(spec), [{ value: 1, name: 'x' }])).labels]).toEqual([0, 1]);
});

test('one-bit grey is 0 / 255 unless 1 is declared; more bits are codes', async () => {
  const bit = await png({ width: 2, height: 1, depth: 1, rows: [[0b01000000]] });
  expect([...(await read(bit)).labels]).toEqual([0, 255]);
  expect([...(await read(bit, [{ value: 1, name: 'x' }])).labels]).toEqual([0, 1]);
  expect([...(await read(bit, lesion)).labels]).toEqual([0, 255]);
  expect([...(await read(await png({ width: 2, height: 1, depth: 4, rows: [[0x0c]] }))).labels]).toEqual([0, 12]);
});

test('grey stored as RGB, with alpha, and 16-bit labels', async () => {
  expect([
    ...(await read(await png({ width: 2, height: 1, colour: 2, rows: [[0, 0, 0, 255, 255, 255]] }))).labels,
  ]).toEqual([0, 255]);
  expect([...(await read(await png({ width: 2, height: 1, colour: 4, rows: [[0, 9, 3, 9]] }))).labels]).toEqual([0, 3]);
  const deep = await read(await png({ width: 2, height: 1, depth: 16, rows: [[0, 0, 3, 232]] }));
  expect(deep.labels).toEqual(Uint16Array.of(0, 1000));
  expect(deep.classes).toEqual([{ value: 1000, name: 'label 1000' }]);
});

test('JPEG masks are told apart at half', async () => {
  const mask = await read(greyJpeg(), [{ value: 1, name: 'x' }]);
  expect(new Set(mask.labels)).toEqual(new Set([1]));
  expect((await read(greyJpeg())).classes).toEqual([{ value: 255, name: 'object' }]);
  const two = [1, 2].map((value) => ({ value, name: '' }));
  await expect(read(greyJpeg(), two)).rejects.toThrow(/JPEG mask cannot hold 2 labels.*PNG/);
});

test('colour, undeclared values and soft edges are refused', async () => {
  const colour = await png({ width: 2, height: 1, colour: 2, rows: [[0, 0, 0, 255, 0, 0]] });
  await expect(read(colour)).rejects.toThrow(/m\.png: the mask is in colour \(pixel 1, 0 is 255, 0, 0\)/);
  await expect(read(await greyPng(3, 1, [0, 128, 255]), lesion)).rejects.toThrow(
    /holds 128 \(1 pixels\), which "values" in index\.json does not name/,
  );
  const soft = Array.from({ length: 100 }, (_, i) => i);
  await expect(read(await greyPng(10, 10, soft))).rejects.toThrow(/99 different values/);
});
