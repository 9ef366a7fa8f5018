import { expect, test } from 'vitest';
import { textHash } from '../../src/gpu/shaders';
import { linear, matmul } from '../../src/ops/matmul';
import { transpose } from '../../src/ops/view';
import { type PlanOptions, planStep } from '../../src/plan/plan';
import { type Answer, emptyTuned, isFresh, type Question, type Tuned, tunedVariant } from '../../src/plan/tuned';
import { input, trace } from '../../src/tensor/tensor';
import { caps } from './caps';

const software = { ...caps, description: 'SwiftShader' };

const product = (m: number, k: number, n: number, options: PlanOptions = {}) =>
  planStep(
    trace(() => ({ outputs: { y: linear(input('x', [m, k]), input('w', [n, k])) } })),
    software,
    options,
  ).list[0];

const ask = (m: number, k: number, n: number): Question => product(m, k, n).question!;

function answer(q: Question, winner: string, us: Readonly<Record<string, number>>, more: Partial<Answer> = {}): Answer {
  const timings = Object.entries(us).map(([variant, t]) => ({ variant, us: t, error: 0 }));
  const { key: _, variants, ...rest } = q;
  return { ...rest, winner, guess: variants[0], timings, tolerance: 1e-4, date: '', ...more };
}

const table = (...answers: [Question, Answer][]): Tuned => ({
  ...emptyTuned(software, 'test'),
  answers: Object.fromEntries(answers.map(([q, a]) => [q.key, a])),
});

test('a question is the same text each time, and another for other shapes and layouts', () => {
  const q = ask(128, 64, 96);
  expect(ask(128, 64, 96)).toEqual(q);
  expect(q.key).toBe('matmul f32[1,1,128,64]:+0 f32[1,1,64,96]:0,0,1,64+0 → f32[1,1,128,96] {"heads":1}');
  expect(q.variants[0]).toBe('tile8');
  expect(ask(128, 64, 97).key).not.toBe(q.key);
  const plain = planStep(
    trace(() => ({ outputs: { y: matmul(input('x', [128, 64]), input('w', [64, 96])) } })),
    software,
  ).list[0].question!;
  expect(plain.dims).toEqual(q.dims);
  expect(plain.layout).not.toBe(q.layout);
  expect(plain.key).not.toBe(q.key);
});

test('where there is one kernel, or a state is overwritten, nothing is asked', () => {
  const step = trace(() => ({ outputs: { y: transpose(input('x', [3, 5])) } }));
  expect(planStep(step, software).list.map((d) => d.question)).toEqual([null]);
});

test('the winner of a measurement is planned; a forced variant goes before it, an unknown winner is passed over', () => {
  const q = ask(128, 64, 96);
  const tuned = table([q, answer(q, 'wg32x32k16r4', { tile8: 9, wg32x32k16r4: 3 })]);
  expect(product(128, 64, 96, { tuned }).kernel.variant).toBe('wg32x32k16r4');
  expect(product(128, 64, 96, { tuned, variants: { matmul: 'naive' } }).kernel.variant).toBe('naive');
  const gone = table([q, answer(q, 'tile9', { tile9: 1 })]);
  expect(product(128, 64, 96, { tuned: gone }).kernel.variant).toBe('tile8');
});

test('two plans with one table are equal', () => {
  const q = ask(128, 64, 96);
  const tuned = table([q, answer(q, 'wg32x32k16r4', { tile8: 9, wg32x32k16r4: 3 })]);
  expect(product(128, 64, 96, { tuned }).wgsl.code).toBe(product(128, 64, 96, { tuned }).wgsl.code);
});

test('measurements of another device or of other shaders are ignored', () => {
  const q = ask(128, 64, 96);
  const tuned = table([q, answer(q, 'naive', { tile8: 9, naive: 3 })]);
  expect(isFresh(tuned, software)).toBe(true);
  for (const stale of [
    { ...tuned, shaders: '0' },
    { ...tuned, device: 'x' },
  ]) {
    expect(isFresh(stale, software)).toBe(false);
    expect(product(128, 64, 96, { tuned: stale }).kernel.variant).toBe('tile8');
  }
  expect(isFresh(tuned, { ...software, limits: { ...software.limits, maxBufferSize: 1 } })).toBe(false);
});

test('near a measured shape its winner counts if it beat there what is guessed here', () => {
  const q = ask(128, 64, 96);
  const near = ask(160, 64, 96);
  expect(tunedVariant(near, table([q, answer(q, 'naive', { tile8: 9, naive: 3 })]))).toBe('naive');
  expect(tunedVariant(near, table([q, answer(q, 'naive', { tile8: 3.05, naive: 3 })]))).toBeNull();
  expect(tunedVariant(near, table([q, answer(q, 'naive', { naive: 3 })]))).toBeNull();
  // The nearer one speaks.
  const nearer = ask(150, 64, 96);
  const both = table(
    [q, answer(q, 'naive', { tile8: 9, naive: 3 })],
    [nearer, answer(nearer, 'tile8', { tile8: 3, naive: 9 })],
  );
  expect(tunedVariant(near, both)).toBeNull();
});

test('far from all measured shapes only a wrong guess of the kind is corrected', () => {
  const [q, far] = [ask(128, 64, 96), ask(4096, 1024, 1024)];
  const wrongKind = answer(q, 'wg32x32k16r4', { tile8: 9, wg32x32k16r4: 3 });
  expect(tunedVariant(far, table([q, wrongKind]))).toBe('wg64x64k16');
  // Not by little, not where the guess there was of another kind, not within a kind.
  const little = answer(q, 'wg32x32k16r4', { tile8: 3.5, wg32x32k16r4: 3 });
  expect(tunedVariant(far, table([q, little]))).toBeNull();
  expect(tunedVariant(far, table([q, { ...wrongKind, guess: 'naive' }]))).toBeNull();
  expect(tunedVariant(far, table([q, answer(q, 'tile8', { tile8: 3, wg32x32k16r4: 9 })]))).toBeNull();
  expect(tunedVariant(far, table([q, { ...wrongKind, op: 'flash' }]))).toBeNull();
});

test('a hash of texts changes with each of them, their order and their borders', () => {
  const all = [['ab', 'c'], ['a', 'bc'], ['c', 'ab'], ['ab', 'd'], ['ab'], []].map(textHash);
  expect(new Set(all).size).toBe(all.length);
  expect(textHash(['ab', 'c'])).toBe(all[0]);
});
