import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import type { Caps } from '../../src/gpu/device';
import { attention, decomposedRelPos, formOf, getRelPos } from '../../src/ops/attention';
import { permute, reshape, slice } from '../../src/ops/view';
import { planStep } from '../../src/plan/plan';
import { numel } from '../../src/tensor/shape';
import { input, trace } from '../../src/tensor/tensor';

const caps: Caps = {
  vendor: 'test',
  architecture: '',
  description: '',
  features: [],
  limits: {
    maxBufferSize: 2 ** 30,
    maxStorageBufferBindingSize: 2 ** 30,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupsPerDimension: 65535,
    minStorageBufferOffsetAlignment: 256,
  },
};

/** Attention of a global block on 64 × 64 tokens with relative positions, and the gradients of everything it reads. */
function block(heads: number, d: number, side: number) {
  return planStep(
    trace(() => {
      const n = side * side;
      const qkv = input('qkv', [1, n, 3, heads, d]);
      const tables = ['h', 'w'].map((name) => input(name, [2 * side - 1, d]));
      const p = permute(qkv, [2, 0, 3, 1, 4]);
      const [q, k, v] = [0, 1, 2].map((i) => reshape(slice(p, 0, i, 1), [1, heads, n, d]));
      const [rh, rw] = tables.map((t) => getRelPos(side, side, t));
      const y = attention(q, k, v, { rel: decomposedRelPos(q, rh, rw) });
      const out = reshape(permute(y, [0, 2, 1, 3]), [1, n, heads * d]);
      const [dqkv, dh, dw] = gradAll([out], [qkv, ...tables], [input('dy', out.shape)]);
      return { outputs: { out, dqkv, dh, dw } };
    }),
    caps,
  );
}

test('no object of a global block of 4096 tokens is larger than its qkv, forward and backward', () => {
  const plan = block(12, 64, 64);
  const qkv = 4 * numel([4096, 3, 12, 64]);
  const largest = [...plan.placement.objects].sort((a, b) => b.bytes - a.bytes)[0];
  expect(largest.bytes, largest.label).toBeLessThanOrEqual(qkv);
  expect(plan.list.every((d) => d.refs.length <= 8)).toBe(true);
});

test('small scores are kept, larger ones held by the gradient alone, the largest nowhere; heads too wide for the registers are composed', () => {
  expect(formOf([1, 8, 7, 16], [1, 8, 4096, 16], [1, 8, 4096, 16])).toBe('composed');
  expect(formOf([1, 3, 1024, 64], [1, 3, 1024, 64], [1, 3, 1024, 64])).toBe('composed');
  expect(formOf([25, 12, 196, 64], [25, 12, 196, 64], [25, 12, 196, 64])).toBe('recomputed');
  expect(formOf([1, 12, 4096, 64], [1, 12, 4096, 64], [1, 12, 4096, 64])).toBe('flash');
  expect(formOf([1, 12, 4096, 96], [1, 12, 4096, 96], [1, 12, 4096, 96])).toBe('composed');
});
