import { expect, test } from 'vitest';
import type { App } from '../../../src/app/app';
import { packMask } from '../../../src/app/document/runs';
import { exporter } from '../../../src/app/exporters/maskPng';
import { importFiles } from '../../../src/app/importFiles';
import { encodePng } from '../../../src/data/image';
import { LABELS_FORMAT } from '../../../src/data/labelNames';
import { withPngText } from '../../../src/data/pngText';
import { after, imageInfo, opened, stateWith } from '../cases';

const mask = (...on: number[]) => packMask(Array.from({ length: 16 }, (_, i) => Number(on.includes(i))));
const objects = [
  { id: 4, name: 'optic disc', colour: [1, 2, 3] as const, masks: new Map([[0, mask(1, 2)]]) },
  { id: 200, name: '<b>cup</b> 杯', colour: [200, 0, 9] as const, masks: new Map([[0, mask(9)]]) },
];

test('a saved mask, opened again under any name, is the same objects: numbers, names, colours', async () => {
  for (const info of [imageInfo('a'), imageInfo('b', { source: { ...imageInfo().source, dims: [13, 9, 1] } })]) {
    const timeline = after({ type: 'addObjects', objects });
    const state = { ...stateWith(info), cases: new Map([[info.id, { ...opened(info), timeline }]]) };
    const { blob } = await exporter.run({ store: { get: () => state } } as unknown as App);
    const { additions, refused } = await importFiles([new File([blob], 'any name.png')], { open: [info] });
    expect(refused).toEqual([]);
    expect(additions[0].objects).toEqual(objects);
  }
});

test('names that are damaged, or of values that do not occur, change nothing; a mask without names is as before', async () => {
  const plain = encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(5, 3) });
  const text = JSON.stringify({ format: LABELS_FORMAT, labels: [{ value: 6, name: 'other' }] });
  const huge = JSON.stringify({ format: LABELS_FORMAT, labels: [{ value: 5, name: 'n'.repeat(10_000_000) }] });
  for (const [png, name] of [
    [plain, 'Label 5'],
    [withPngText(plain, LABELS_FORMAT, text), 'Label 5'],
    [withPngText(plain, LABELS_FORMAT, text.slice(0, 20)), 'Label 5'],
    [withPngText(plain, LABELS_FORMAT, huge), 'Label 5'],
    [withPngText(plain, LABELS_FORMAT, text.replace('6', '5')), 'other'],
  ] as const) {
    const { additions, refused } = await importFiles([new File([png], 'a-mask.png')], { open: [imageInfo('a')] });
    expect(refused).toEqual([]);
    expect(additions[0].objects?.map((o) => [o.id, o.name])).toEqual([[5, name]]);
  }
});
