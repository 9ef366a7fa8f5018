import { expect, test } from 'vitest';
import { trialsOf } from '../../src/plan/tune';
import { quickWork } from '../../src/train/quickWork';
import { caps } from '../plan/caps';

test.each([true, false])(
  'asks about every family of kernels with variants, products first (software: %s)',
  (software) => {
    const gpu = { caps: { ...caps, description: software ? 'SwiftShader' : 'a card' } };
    const trials = trialsOf(gpu, [quickWork({ software })]);
    const ops = trials.map((t) => t.question.op);
    expect(ops[0]).toBe('matmul');
    expect(new Set(ops)).toEqual(
      new Set(['matmul', 'flash', 'flash.dq', 'flash.dkv', 'layernorm', 'layernorm.dx', 'softmax']),
    );
    const products = trials.filter((t) => t.question.op === 'matmul');
    expect(new Set(products.map((t) => t.question.layout)).size).toBe(3);
  },
);
