import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { matmul } from '../../src/ops/matmul';
import { exp, mul, relu } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { reshape } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { planMemory, showMemory } from '../../src/plan/memory';
import type { Outputs } from '../../src/plan/plan';
import { constant, input, type Leaf, leafTensor } from '../../src/tensor/tensor';

const gpu = await openGpu();
const weight: Leaf = { kind: 'state', name: 'w', shape: [33, 33], dtype: 'f32' };
const table = constant(new Float32Array(33).fill(1), [1, 33], 'table');

const step = (rows: number) => (): Outputs => {
  const x = input('x', [rows, 33]);
  const h = exp(matmul(relu(matmul(x, leafTensor(weight))), leafTensor(weight)));
  return { outputs: { y: reshape(sum(mul(h, leafTensor(table.leaf!))), [1]) } };
};

test('is what compiling then takes, and shared state counts once', async () => {
  const builds = [step(7), step(90)];
  const told = planMemory(builds, gpu.caps);
  const before = gpu.bytes;
  const made = [];
  for (const b of builds) made.push(await compile(gpu, b));
  const ring = 2 * 4 * 16;
  expect(gpu.bytes - before).toBe(told.total + ring);
  expect(told.total).toBe(told.activations + told.inputs + told.state);
  expect(told.state).toBe(Math.ceil((33 * 33 * 4) / 16) * 16 + Math.ceil((33 * 4) / 16) * 16);
  for (const s of made) s.destroy();
});

test('names the largest objects and says it in words', () => {
  const told = planMemory([step(500)], gpu.caps);
  expect(told.largest[0].bytes).toBe(500 * 33 * 4);
  expect(told.largest[0].label).toContain('relu');
  expect(showMemory(told)).toMatch(/^\d.* \(activations .*, inputs 64\.5 KiB, parameters and state 4\.\d+ KiB\)$/);
});
