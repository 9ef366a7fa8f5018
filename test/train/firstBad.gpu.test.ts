import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { div, exp, mul, reciprocal, relu, scale } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { reshape } from '../../src/ops/view';
import { input, scope } from '../../src/tensor/tensor';
import { firstBad } from '../../src/train/firstBad';

const gpu = await openGpu();

test('the first bad node is named, not those that inherit from it', async () => {
  const build = () => {
    const x = input('x', [4]);
    const y = scope('a.b', () => reciprocal(scale(x, 2)));
    return [sum(mul(exp(reshape(y, [2, 2])), reshape(y, [2, 2])))];
  };
  const bad = await firstBad(gpu, build, { x: Float32Array.of(1, 0, 0, 2), unused: Float32Array.of(1) });
  expect(bad).toEqual({ op: 'reciprocal', path: 'a.b', shape: [4], bad: 2, leaf: false });
  expect(await firstBad(gpu, build, { x: Float32Array.of(1, 2, 3, 4) })).toBe(null);
});

test('NaN that a maximum hides further on is found all the same; a bad input is called one', async () => {
  const build = () => {
    const x = input('x', [2]);
    return [relu(scope('quotient', () => div(x, x)))];
  };
  expect(await firstBad(gpu, build, { x: Float32Array.of(0, 1) })).toMatchObject({
    op: 'div',
    path: 'quotient',
    bad: 1,
  });
  expect(await firstBad(gpu, build, { x: Float32Array.of(Number.NaN, 1) })).toMatchObject({
    op: 'input',
    path: 'x',
    leaf: true,
  });
});
