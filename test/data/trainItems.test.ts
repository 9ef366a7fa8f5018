import { expect, test } from 'vitest';
import { rng } from '../../src/data/rng';
import {
  batchAt,
  evaluationItems,
  type FramedObject,
  frameMask,
  frameObjects,
  promptObject,
  promptTokens,
} from '../../src/data/trainItems';

/** A 20 × 10 picture with a block of 8 × 4 pixels from (4, 2) on. */
const width = 20;
const height = 10;
const block = Uint8Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return x >= 4 && x < 12 && y >= 2 && y < 6 ? 1 : 0;
});
const image = {
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % 3 === 0 ? 200 : 10)),
};

test('the longer side becomes the frame; the rest is zeros; masks keep their place', () => {
  const { objects, lost } = frameObjects('a', image, [{ name: 'block', mask: block }], 10);
  expect(lost).toEqual([]);
  const [o] = objects;
  expect(o.inputSize).toEqual([5, 10]);
  expect([...o.image.slice(0, 6)]).toEqual([200, 10, 10, 200, 10, 10]);
  expect(o.image.slice(3 * 50).every((v) => v === 0)).toBe(true);
  const rows = Array.from({ length: 10 }, (_, y) => o.mask.slice(10 * y, 10 * y + 10).join(''));
  expect(rows).toEqual(['0000000000', '0011110000', '0011110000', ...Array(7).fill('0000000000')]);
});

test('a pixel belongs to the object when half of it does', () => {
  const columns = (n: number) => Uint8Array.from({ length: 16 }, (_, i) => (i % 4 < n ? 1 : 0));
  const first = (n: number) => frameMask(columns(n), 4, 4, 1)[0];
  expect([0, 1, 2, 3, 4].map(first)).toEqual([0, 0, 1, 1, 1]);
});

test('what cannot be seen at this size is named', () => {
  const speck = new Uint8Array(width * height);
  speck[55] = 1;
  const { objects, lost } = frameObjects(
    'a',
    image,
    [
      { name: 'speck', mask: speck },
      { name: 'block', mask: block },
    ],
    10,
  );
  expect(lost).toEqual(['speck']);
  expect(objects.map((o) => o.className)).toEqual(['block']);
});

const object = (id: string): FramedObject => frameObjects(id, image, [{ name: 'block', mask: block }], 20).objects[0];

test('prompts take as many tokens as their kind, padding included', () => {
  expect(['center', 'point-1', 'point-3', 'box', 'box-0.75'].map(promptTokens)).toEqual([2, 2, 4, 2, 2]);
  expect(() => promptTokens('scribble')).toThrow("prompt 'scribble' is unknown");
  const three = promptObject(object('a'), 'point-3', rng(1));
  expect([...three.labels]).toEqual([1, 1, 1, -1]);
  for (let i = 0; i < 3; i++) expect(three.mask[three.points[2 * i + 1] * 20 + three.points[2 * i]]).toBe(1);
  const box = promptObject(object('a'), 'box', rng(1));
  expect([[...box.points], [...box.labels]]).toEqual([
    [4, 2, 11, 5],
    [2, 3],
  ]);
});

test('for measuring, prompts are the same from run to run: one point is the centre', () => {
  const items = evaluationItems([object('a'), object('b')], 'point-1');
  expect([...items[0].points.slice(0, 2)]).toEqual([5, 3]);
  expect([...items[0].labels]).toEqual([1, -1]);
  expect(evaluationItems([object('b')], 'box-0.5')).toEqual([
    evaluationItems([object('a'), object('b')], 'box-0.5')[1],
  ]);
});

test('a batch depends on seed and step alone; every object comes once in each pass', () => {
  const objects = ['a', 'b', 'c', 'd', 'e'].map(object);
  const plan = { seed: 3, batch: 2, prompt: 'point-1' };
  const ids = Array.from({ length: 15 }, (_, t) => batchAt(objects, plan, t).map((i) => i.id)).flat();
  for (let pass = 0; pass < 6; pass++)
    expect([...ids.slice(5 * pass, 5 * pass + 5)].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(ids.slice(0, 5)).not.toEqual(ids.slice(5, 10));
  expect(batchAt(objects, plan, 9)).toEqual(batchAt(objects, plan, 9));
  const prompts = Array.from({ length: 10 }, (_, t) => batchAt([objects[0]], plan, t)[0].points.join());
  expect(new Set(prompts).size).toBeGreaterThan(3);
  expect(batchAt(objects, { ...plan, seed: 4 }, 0)).not.toEqual(batchAt(objects, plan, 0));
});

test('several prompts an image: its objects in turn, every image once in each pass, each click anew', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(object);
  const objects = [a, { ...a, className: 'other' }, b, c];
  const plan = { seed: 3, batch: 1, prompts: 3, prompt: 'point-1' };
  const steps = Array.from({ length: 9 }, (_, t) => batchAt(objects, plan, t));
  for (const rows of steps) {
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map((r) => r.image)).size).toBe(1);
    const others = rows.filter((r) => r.className === 'other').length;
    expect(rows[0].id === 'a' ? [1, 2] : [0]).toContain(others);
  }
  for (let pass = 0; pass < 3; pass++)
    expect(
      steps
        .slice(3 * pass, 3 * pass + 3)
        .map((rows) => rows[0].id)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  expect(new Set(steps.flat().map((r) => `${r.id} ${r.points.join()}`)).size).toBeGreaterThan(12);
  expect(batchAt(objects, plan, 5)).toEqual(steps[5]);
});
