import { expect, test } from 'vitest';
import { linear } from '../../src/ops/matmul';
import { relu } from '../../src/ops/pointwise';
import { judge, plainest, trialsOf } from '../../src/plan/tune';
import type { Question } from '../../src/plan/tuned';
import { input } from '../../src/tensor/tensor';
import { caps } from './caps';

const q: Question = { key: 'k', op: 'matmul', dims: [1], layout: '', variants: ['guess', 'fast', 'naive'] };
const timing = (variant: string, us: number | null, refused?: string) => ({
  ...{ variant, us, error: refused ? 1 : 0 },
  ...(refused ? { refused } : {}),
});

test('the fastest wins, with all timings as evidence', () => {
  const timings = [timing('guess', 3), timing('fast', 2), timing('naive', 9)];
  const { key: _, variants: _v, ...rest } = q;
  expect(judge(q, timings, 'today')).toEqual({
    ...rest,
    winner: 'fast',
    guess: 'guess',
    timings,
    tolerance: 1e-4,
    date: 'today',
  });
});

test('a wrong one does not win, however fast, and its refusal is kept', () => {
  const timings = [timing('guess', 3), timing('fast', 0.1, 'wrong'), timing('naive', 9)];
  const a = judge(q, timings, '')!;
  expect(a.winner).toBe('guess');
  expect(a.timings.find((t) => t.variant === 'fast')!.refused).toBe('wrong');
});

test('the guess stays where nothing is clearly faster; without any fit candidate there is no answer', () => {
  expect(judge(q, [timing('guess', 3), timing('fast', 2.95)], '')!.winner).toBe('guess');
  expect(judge(q, [timing('guess', null, 'does not run'), timing('naive', 9)], '')!.winner).toBe('naive');
  expect(judge(q, [timing('guess', 1, 'wrong'), timing('fast', null)], '')).toBeNull();
});

test('the oracle is the plainest kernel', () => {
  expect(plainest(['wide', 'naive', 'vec4'])).toBe('naive');
  expect(plainest(['subgroup4', 'rows4', 'workgroup'])).toBe('rows4');
  expect(plainest(['a', 'b'])).toBe('b');
});

test('each distinct choice of a step is one trial with a dispatch for every variant, what is fused included', () => {
  const w = (n: number, k: number) => input(`w${n}`, [n, k]);
  const build = () => {
    const x = input('x', [128, 64]);
    const y = relu(linear(x, w(96, 64)));
    // Same shapes again: the same question.
    return {
      outputs: { y, z: relu(linear(input('x2', [128, 64]), input('w2', [96, 64]))), last: linear(y, w(8, 96)) },
    };
  };
  const gpu = { caps: { ...caps, description: 'SwiftShader' } };
  const trials = trialsOf(gpu, [build, build]);
  expect(trials.map((t) => t.question.dims.slice(0, 4))).toEqual([
    [1, 1, 128, 96],
    [1, 1, 128, 8],
  ]);
  for (const t of trials) expect(t.candidates.map((c) => c.kernel.variant)).toEqual([...t.question.variants]);
  expect(trials[0].candidates.every((c) => c.kernel.hooks?.epilogue.includes('max('))).toBe(true);
  expect(trialsOf(gpu, [build], { variants: { matmul: 'naive' } })).toEqual([]);
});
