import { expect, test } from 'vitest';
import type { Caps } from '../../src/gpu/device';
import { add } from '../../src/ops/pointwise';
import { slice } from '../../src/ops/view';
import { planStep } from '../../src/plan/plan';
import { leafTensor, type Tensor, trace } from '../../src/tensor/tensor';

const limits = {
  maxBufferSize: 2 ** 20,
  maxStorageBufferBindingSize: 2 ** 20,
  maxStorageBuffersPerShaderStage: 10,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  minStorageBufferOffsetAlignment: 256,
};
const caps: Caps = { vendor: 'test', architecture: '', description: '', features: [], limits };

test('slices of one buffer are bindings of their own: a long sum of them stays within the limit', () => {
  const flat = { kind: 'state', name: 'params', shape: [64 * 12], dtype: 'f32' } as const;
  const plan = planStep(
    trace(() => {
      const parts = Array.from({ length: 12 }, (_, i) => slice(leafTensor(flat), 0, 64 * i, 64));
      return { outputs: { y: parts.reduce((a: Tensor, b) => add(a, b)) } };
    }),
    caps,
  );
  expect(plan.list.map((d) => d.refs.length).every((n) => n <= 8)).toBe(true);
  expect(plan.list.length).toBe(2);
});
