import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { exp, mul, sin } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { topological } from '../../src/plan/graph';
import { input, segment, type Tensor, trace } from '../../src/tensor/tensor';

/** Σ exp(sin(x²))·w and its gradient by x; the middle is a segment or is not. */
function graph(wrap: <T>(f: () => T) => T): { nodes: Tensor[]; count: (op: string) => number } {
  const g = trace(() => {
    const x = input('x', [8]);
    const y = wrap(() => exp(sin(mul(x, x))));
    return grad(sum(mul(y, input('w', [8]))), [x])[0];
  });
  const nodes = topological([g]);
  return { nodes, count: (op) => nodes.filter((t) => t.op.name === op).length };
}

test('a gradient reads second computations of a segment, made from what came in, and nothing of the first', () => {
  const { nodes } = graph(segment);
  expect(nodes.filter((t) => t.segment > 0)).toEqual([]);
  const again = nodes.filter((t) => t.op.name === 'again');
  expect(again.map((t) => t.inputs[0].leaf?.name)).toEqual(['x']);
  expect(nodes.filter((t) => t.op.name === 'exp').length).toBe(1);
});

test('nothing is computed twice outside a segment', () => {
  expect(graph((f) => f()).count('again')).toBe(0);
});

test('the outermost segment counts', () => {
  const inner = trace(() => segment(() => [exp(input('a', [2])), segment(() => sin(input('a', [2])))]));
  expect(inner[0].segment).toBe(inner[1].segment);
  expect(trace(() => exp(input('a', [2]))).segment).toBe(0);
});
