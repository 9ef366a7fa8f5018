import { expect, test } from 'vitest';
import { measure, promptOfItem } from '../../../src/app/engine/measure';
import type { Model } from '../../../src/app/engine/model';
import type { TrainItem } from '../../../src/train/trainItem';

test('padding is left out and box corners become a box', () => {
  const click = { points: Float32Array.of(3, 4, 0, 0), labels: Float32Array.of(1, -1) };
  expect(promptOfItem(click)).toEqual({ points: [[3, 4]], labels: [1] });
  const box = { points: Float32Array.of(1, 2, 8, 9), labels: Float32Array.of(2, 3) };
  expect(promptOfItem(box)).toEqual({ points: [], labels: [], box: [1, 2, 8, 9] });
});

/** An object in the left column of a 2 × 3 image within a 4 × 4 frame; values beyond the image must not count. */
const item = (id: string): TrainItem => {
  const image = new Uint8Array(48).fill(9);
  for (let y = 0; y < 2; y++) image.fill(y + 1, y * 12, y * 12 + 9);
  const mask = new Uint8Array(16).fill(1);
  for (const off of [1, 2, 5, 6]) mask[off] = 0;
  return {
    id,
    className: 'c',
    image,
    inputSize: [2, 3],
    mask,
    points: Float32Array.of(0, 0),
    labels: Float32Array.of(1),
  };
};

test('an image with several objects is embedded once; Dice is taken within the image', async () => {
  const shown: number[][] = [];
  const predictor = {
    setImage: async ({ data }: { data: Uint8Array }) => void shown.push([...data]),
    predict: async () => ({ masks: Uint8Array.of(1, 1, 0, 1, 0, 0) }),
  };
  const model = { predictor, version: 0, shown: 'another image' } as unknown as Model;
  const seen: number[] = [];
  const dice = await measure(
    model,
    [item('a'), item('a'), item('b')],
    (work) => work(),
    (done) => seen.push(done),
  );
  expect(dice).toEqual([0.8, 0.8, 0.8]);
  expect(seen).toEqual([1, 2, 3]);
  expect(shown).toEqual(Array(2).fill([...Array(9).fill(1), ...Array(9).fill(2)]));
  expect(model.shown).toBe('held out b@0');
});
