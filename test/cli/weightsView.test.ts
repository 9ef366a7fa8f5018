import { expect, test } from 'vitest';
import { weightRows } from '../../src/adapters/generatedWeights';
import { matrixPng, weightsText } from '../../src/cli/weightsView';
import { decodeBytes } from '../../src/data/image';

const weights = { block: 'layers.0', n: 1, shape: [2, 2, 2], data: Float32Array.of(1, 0, 0, 1, 1, 0, -2, 1) };

test('a row per prompt with its click', () => {
  const prompts = [{ points: [[3, 4]] as const }, { points: [[5, 6]] as const }];
  const [head, first, second] = weightsText(weightRows([weights]), prompts).split('\n');
  expect(head).toMatch(/^block +W +click/);
  expect(first).toMatch(/^layers\.0 +1 +3, 4 +1\.4142 +0\.0000 +0\.0000/);
  expect(second).toMatch(/5, 6 +2\.4495 +1\.4142 +1\.4142/);
});

test('a picture per prompt: red above zero, blue below, white at zero', async () => {
  const pictures = new Map(matrixPng(weights));
  expect([...pictures.keys()]).toEqual(['layers.0-W1-prompt0.png', 'layers.0-W1-prompt1.png']);
  const { width, data } = await decodeBytes(pictures.get('layers.0-W1-prompt1.png') as Uint8Array<ArrayBuffer>);
  const at = (x: number, y: number) => [...data.slice(3 * (y * width + x), 3 * (y * width + x) + 3)];
  expect([width, at(1, 1), at(8, 1), at(1, 8)]).toEqual([12, [255, 128, 128], [255, 255, 255], [0, 0, 255]]);
});
