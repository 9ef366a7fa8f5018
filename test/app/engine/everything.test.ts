import { expect, test } from 'vitest';
import { unpackMask } from '../../../src/app/document/runs';
import type { Desk } from '../../../src/app/engine/decode';
import { everythingAt } from '../../../src/app/engine/everything';
import type { Model } from '../../../src/app/engine/model';
import type { Picture } from '../../../src/app/engine/picture';
import { parseEverything } from '../../../src/app/everythingConfig';
import type { CallContext } from '../../../src/app/rpc';

const at = { case: 'a', plane: 'axial', slice: 0, window: [0, 1] } as const;
const SIDE = 8;
const SAM = { predIouThresh: 0.88, stabilityScoreThresh: 0.95 };

/** Logits of a rectangle of cells: sharp, or so faint that the mask depends on the threshold. */
const rectangle = (x0: number, y0: number, x1: number, y1: number, sharp = true) =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const inside = x >= x0 && x < x1 && y >= y0 && y < y1;
    return inside ? (sharp ? 20 : 0.5) : -20;
  });

/** A model that finds at each point the same three masks; `asked` counts the points of each batch. */
function desk(masks: readonly Float32Array[], iou: readonly number[]) {
  const asked: number[] = [];
  const points: (readonly [number, number])[] = [];
  const predictLow = async (prompts: readonly { points: readonly (readonly [number, number])[] }[]) => {
    asked.push(prompts.length);
    points.push(...prompts.map((p) => p.points[0]));
    const lowRes = Float32Array.from(masks.flatMap((m) => [...m]));
    return prompts.map(() => ({ n: masks.length, iou: Float32Array.from(iou), lowRes }));
  };
  const picture = { id: 'a', original: [16, 16], embeddings: new Map() } as unknown as Picture;
  const model = { which: 'base', version: 0, shown: 'a@0', predictor: { predictLow } } as unknown as Model;
  const made = {
    ...{ base: { info: { imgSize: 16 } }, cases: { get: () => ({}) }, pictures: { at: () => picture } },
    ...{ model: () => model, inTurn: (_: string, work: () => Promise<unknown>) => work() },
  } as unknown as Desk;
  return { made, asked, points };
}

const context = (signal = new AbortController().signal) => {
  const progress: number[] = [];
  const made = { signal, progress: (p: { done: number }) => progress.push(p.done) } as unknown as CallContext;
  return { made, progress };
};

const options = (change = {}) => parseEverything({ ...SAM, pointsPerSide: 3, pointsPerBatch: 4, ...change });

test('every point is asked once, in batches of one shape; equal masks are one; the largest first', async () => {
  const d = desk([rectangle(0, 0, 2, 2), rectangle(2, 2, 8, 8), rectangle(0, 4, 2, 8)], [0.95, 0.9, 0.2]);
  const { made, progress } = context();
  const found = await everythingAt(d.made, { at, which: 'base', options: options() }, made);
  expect(d.asked).toEqual([4, 4, 4]);
  expect(new Set(d.points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(9);
  expect(progress).toEqual([0, 4, 8]);
  expect(found.map((f) => [f.area, Number(f.iou.toFixed(2))])).toEqual([
    [144, 0.9],
    [16, 0.95],
  ]);
  const mask = unpackMask(found[1].mask);
  expect([mask[0], mask[3 * 16 + 3], mask[4 * 16], mask[255]]).toEqual([1, 1, 0, 0]);
});

test('unstable, small and large masks go', async () => {
  const d = desk([rectangle(0, 0, 2, 2), rectangle(0, 0, 8, 8), rectangle(3, 3, 7, 7, false)], [0.95, 0.95, 0.95]);
  const find = (change: object) =>
    everythingAt(d.made, { at, which: 'base', options: options(change) }, context().made);
  expect((await find({})).map((f) => f.area)).toEqual([16]);
  expect((await find({ maxArea: 100 })).map((f) => f.area)).toEqual([256, 16]);
  expect((await find({ minArea: 17 })).map((f) => f.area)).toEqual([]);
  expect((await find({ stabilityScoreThresh: 0 })).map((f) => f.area)).toHaveLength(2);
});

test('it stops between two batches', async () => {
  const abort = new AbortController();
  const d = desk([rectangle(0, 0, 2, 2)], [0.95]);
  const { made } = context(abort.signal);
  const stopping = {
    ...made,
    progress: (p: { done: number }) => p.done === 4 && abort.abort(),
  } as unknown as CallContext;
  Object.defineProperty(stopping, 'signal', { value: abort.signal });
  await expect(everythingAt(d.made, { at, which: 'base', options: options() }, stopping)).rejects.toThrow(/stopped/);
  expect(d.asked).toEqual([4]);
});
