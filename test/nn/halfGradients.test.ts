import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { provide } from '../../src/nn/context';
import { HALF_GRADIENTS, halfGradients } from '../../src/nn/halfGradients';
import { Linear } from '../../src/nn/linear';
import { makeParams } from '../../src/nn/params';
import { Sequential } from '../../src/nn/sequential';
import { sum } from '../../src/ops/reduce';
import { topological } from '../../src/plan/graph';
import { constant, trace } from '../../src/tensor/tensor';

const params = makeParams(1);
const model = new Sequential({ params, path: '' }, [(b) => new Linear(b, 8, 8), (b) => new Linear(b, 8, 8)]);

/** Values in 16 bits among the gradient with respect to the input, and the storage type of that. */
function stored(on: boolean) {
  return trace(() => {
    const x = constant(new Float32Array(32), [4, 8]);
    const [g] = provide(HALF_GRADIENTS, on, () => grad(sum(model.call(x)), [x]));
    return { halves: topological([g]).filter((t) => t.dtype === 'f16' && !t.op.view).length, dtype: g.dtype };
  });
}

test('one gradient a module is in 16 bits, where the context says so; wrapping twice is wrapping once', () => {
  expect(halfGradients(model, '*')).toEqual(['0', '1']);
  halfGradients(model, '*');
  expect(model.children().map((m) => m.wrapped())).toEqual([['halfGradients'], ['halfGradients']]);
  expect(stored(true)).toEqual({ halves: 2, dtype: 'f32' });
  expect(stored(false).halves).toBe(0);
  expect(() => halfGradients(model, 'blocks.*')).toThrow('no module');
});
