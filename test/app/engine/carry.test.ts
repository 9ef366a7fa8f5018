import { expect, test } from 'vitest';
import type { Prompt } from '../../../src/app/document/document';
import { packMask, unpackMask } from '../../../src/app/document/runs';
import { carryTo, overlapOf } from '../../../src/app/engine/carry';
import type { Desk } from '../../../src/app/engine/decode';
import type { Which } from '../../../src/app/protocol';
import type { CarryBy } from '../../../src/app/volumeProtocol';
import { volumeInfo } from '../cases';

test('overlap of two masks', () => {
  const of = (...v: number[]) => Uint8Array.from(v);
  expect(overlapOf(of(1, 1, 0, 0), of(0, 1, 1, 0))).toBeCloseTo(1 / 3, 12);
  expect(overlapOf(of(1, 1), of(1, 1))).toBe(1);
  expect(overlapOf(of(0, 0), of(0, 0))).toBe(0);
});

/** Slices of 4 × 3 pixels: the first `n` of them. */
const first = (n: number) => Uint8Array.from({ length: 12 }, (_, i) => (i < n ? 1 : 0));

/** Carries the first eight pixels on; the model answers the k-th question with masks of so many pixels. Gives also whether it was asked for three. */
async function carried(
  answers: readonly (readonly number[])[],
  how: { which?: Which; by?: CarryBy; own?: Prompt } = {},
) {
  const { which = 'base', by = 'auto', own = null } = how;
  const asked: boolean[] = [];
  const predict = async (_: unknown, multimask: boolean) => {
    const sizes = answers[asked.push(multimask) - 1];
    const masks = Uint8Array.from(sizes.flatMap((n) => [...first(n)]));
    return { n: sizes.length, size: [3, 4], masks, iou: sizes.map((n) => n / 100) };
  };
  const picture = { id: 'p', original: [3, 4], embeddings: new Map() };
  const config = { promptEncoder: { imageEmbeddingSize: [1, 1] } };
  const desk = {
    ...{ base: { info: { imgSize: 8 } }, cases: { get: () => ({ info: volumeInfo() }) } },
    ...{ pictures: { at: () => picture }, inTurn: (_: Which, work: () => unknown) => work() },
    model: () => ({ which, version: 1, shown: 'p@1', sam: { config }, predictor: { predict } }),
  } as unknown as Desk;
  const at = { case: 'v', plane: 'axial', slice: 2, window: [0, 255] } as const;
  const quiet = { signal: new AbortController().signal, progress() {} };
  const found = await carryTo(desk, { at, which, from: packMask(first(8)), own, by }, quiet);
  return { pixels: unpackMask(found!.mask).reduce((n, v) => n + v, 0), score: found!.score, asked };
}

test('of three masks it is the one like the neighbour’s; where it is alike, nothing else is asked', async () => {
  expect(await carried([[2, 12, 7]])).toEqual({ pixels: 7, score: 0.07, asked: [true] });
  // Below an IoU of 0.6 the other ways are tried, and the best of all stays.
  expect(await carried([[2], [4], [3]])).toMatchObject({ pixels: 4, asked: [true, true, true] });
  expect(await carried([[2, 12, 4]], { by: 'box' })).toMatchObject({ pixels: 12, asked: [true] });
});

test('adapters give the one mask they were trained on; a person’s own prompt is asked once, by SAM’s rule', async () => {
  expect(await carried([[8]], { which: 'adapted' })).toMatchObject({ pixels: 8, asked: [false] });
  const click = { x: 1, y: 1, label: 1 as const };
  const own = (n: number): Prompt => ({ points: Array.from({ length: n }, () => click), box: null, choice: null });
  expect(await carried([[2, 1, 1]], { own: own(1) })).toMatchObject({ pixels: 2, asked: [true] });
  expect(await carried([[2]], { own: own(2) })).toMatchObject({ pixels: 2, asked: [false] });
});
