import { expect, test } from 'vitest';
import type { SceneBatchOptions } from '../../src/data/sceneBatch';
import { sceneOrder } from '../../src/data/sceneOrder';
import { planScene } from '../../src/data/scenePlan';
import { sceneWords } from '../../src/data/sceneWords';
import { ASK } from '../../src/ops/scenes';

const options: SceneBatchOptions = {
  size: 64,
  patch: 8,
  batch: 3,
  objects: 40,
  kinds: ['point', 'box'],
  difficulty: () => 0.5,
};
const kindsOf = (ask: Uint32Array) => Array.from({ length: ask.length / 4 }, (_, r) => ask[4 * r]);

test('an order depends on seed and number alone; its scenes are those of the CPU’s batch of that number', () => {
  const order = sceneOrder(2, 7, options);
  expect(sceneOrder(2, 7, options)).toEqual(order);
  expect(sceneOrder(2, 8, options).ask).not.toEqual(order.ask);
  expect(order.words).toEqual(sceneWords([21, 22, 23].map((i) => planScene(2, i, { size: 64, difficulty: 0.5 }))));
});

test('kinds are drawn evenly, rows of a scene share a word, keys differ', () => {
  const { ask } = sceneOrder(2, 7, options);
  const boxes = kindsOf(ask).filter((k) => k === ASK.box).length;
  expect(kindsOf(ask).filter((k) => k === ASK.point).length + boxes).toBe(120);
  expect(boxes > 40 && boxes < 80).toBe(true);
  const words = [0, 1, 2].map((b) => new Set(Array.from({ length: 40 }, (_, k) => ask[4 * (40 * b + k) + 3])));
  expect(words.map((w) => w.size)).toEqual([1, 1, 1]);
  expect(new Set(ask.filter((_, i) => i % 4 === 1 || i % 4 === 2)).size).toBe(240);
  const twice = kindsOf(sceneOrder(2, 7, { ...options, kinds: ['points'] }).ask);
  expect(new Set(twice)).toEqual(new Set([ASK.onto, ASK.beside]));
});

test('difficulties are drawn for every scene; kinds of different lengths are refused', () => {
  const drawn: number[] = [];
  sceneOrder(1, 0, {
    ...options,
    difficulty: (random) => {
      drawn.push(random.uniform());
      return drawn[drawn.length - 1];
    },
  });
  expect(new Set(drawn).size).toBe(3);
  expect(() => sceneOrder(1, 0, { ...options, kinds: ['point', 'points'] })).toThrow('different numbers of tokens');
});
