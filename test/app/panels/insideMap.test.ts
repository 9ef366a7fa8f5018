import { expect, test } from 'vitest';
import { insideWords } from '../../../src/app/panels/insideMap';
import { imageInfo, stateWith } from '../cases';

const start = stateWith(imageInfo());
const block = { path: 'image_encoder.blocks.0', heads: 2, window: 8 };
const at = (change: Partial<typeof start.inside>) =>
  insideWords({ ...start, inside: { ...start.inside, parts: [block], ...change } });
const place = { case: 'a', plane: 'axial', slice: 0 } as const;

test('what is seen is said, padding included', () => {
  const value = {
    rows: 1,
    columns: 2,
    cell: [1, 1],
    token: [0, 0],
    values: Float32Array.of(0.5, 0.2),
    elsewhere: 0.3,
  } as const;
  expect(at({ attention: { place, value } })).toMatch(
    /8 × 8 tokens of its window.*Brightest: 50 %.*30 % goes to padding/,
  );
  expect(at({ parts: [{ ...block, window: 0 }] })).toMatch(/all tokens of the image/);
  expect(at({ overlay: 'activation' })).toMatch(/adapt first/);
  expect(at({ overlay: 'none' })).toBe('');
});

test('the decoder has no attention over the image to show', () => {
  expect(at({ parts: [{ ...block, heads: 0 }] })).toMatch(/choose a block of the encoder/);
});
