import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { linear } from '../../src/ops/matmul';
import { add, greater, mul, relu } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { topological } from '../../src/plan/graph';
import { constant, input, type Tensor, trace } from '../../src/tensor/tensor';

const leaf = (name: string, shape: number[]) => input(name, shape);
const products = (roots: Tensor[]) => topological(roots).filter((t) => t.op.name === 'matmul').length;

/** Two frozen layers, a small trainable one beside the second: what an adapter step looks like. */
function adapted() {
  const x = leaf('x', [4, 8]);
  const [w1, w2, w3] = ['w1', 'w2', 'w3'].map((n) => leaf(n, [8, 8]));
  const h = relu(linear(x, w1));
  const y = add(linear(h, w2), linear(h, w3));
  return { x, w1, w2, w3, loss: sum(mul(y, y)) };
}

test('no product for frozen weights, and no backward below the first trainable', () => {
  trace(() => {
    const { w3, loss } = adapted();
    // Forward: three products. Backward of w3 alone: one more, its own dW. Nothing for w1, w2 or their inputs.
    expect(products([loss])).toBe(3);
    expect(products([...grad(loss, [w3]), loss])).toBe(4);
  });
});

test('a trainable weight at the bottom brings back the chain above it', () => {
  trace(() => {
    const { w1, loss } = adapted();
    // dH through w2 and through w3, then dW1.
    expect(products([...grad(loss, [w1]), loss])).toBe(6);
  });
});

test('a tensor the loss does not depend on gets zeros', () => {
  const unused = leaf('u', [2]);
  const [g] = grad(sum(leaf('x', [3])), [unused]);
  expect(g.shape).toEqual([2]);
  expect(topological([g]).some((t) => t.leaf?.data?.[0] === 0)).toBe(true);
});

test('a loss with several elements needs a cotangent', () => {
  const x = leaf('x', [3]);
  expect(() => grad(mul(x, x), [x])).toThrow(/loss has shape \[3\].*cotangent/);
  expect(grad(mul(x, x), [x], constant([1, 1, 1], [3]))[0].shape).toEqual([3]);
});

test('ops without a gradient stop the flow where the derivative is zero', () => {
  const x = leaf('x', [3]);
  const [g] = grad(sum(mul(greater(x, constant([0], [1])), x)), [x]);
  // d/dx of step(x)·x is step(x): the comparison itself passes nothing on.
  expect(topological([g]).filter((t) => t.op.name === 'greater').length).toBe(1);
});
