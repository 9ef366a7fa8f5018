import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import type { Caps } from '../../src/gpu/device';
import { attention, decomposedRelPos, formOf, getRelPos } from '../../src/ops/attention';
import { matmul } from '../../src/ops/matmul';
import { sum } from '../../src/ops/reduce';
import { permute, reshape, slice } from '../../src/ops/view';
import { planStep } from '../../src/plan/plan';
import { numel } from '../../src/tensor/shape';
import { input, segment, type Tensor, trace } from '../../src/tensor/tensor';

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

/** Two layers of attention on 1024 tokens, 3 heads of 64, with the gradient of what `wrt` picks of (x, first, second layer). */
function layers(wrt: readonly (0 | 1 | 2)[], remat = false) {
  return planStep(
    trace(() => {
      const [x, a, b] = [input('x', [1, 3, 1024, 64]), input('a', [1, 1, 64, 64]), input('b', [1, 1, 64, 64])];
      const layer = (t: Tensor, w: Tensor) => {
        const k = matmul(t, w);
        return attention(t, k, k);
      };
      const wrapped = (t: Tensor, w: Tensor) => (remat ? segment(() => layer(t, w)) : layer(t, w));
      const y = wrapped(wrapped(x, a), b);
      const loss = sum(y);
      const gs = gradAll(
        [loss],
        wrt.map((i) => [x, a, b][i]),
        [input('one', loss.shape)],
      );
      return { outputs: { y, ...Object.fromEntries(gs.map((g, i) => [`g${i}`, g])) } };
    }),
    caps,
  );
}

const kinds = (plan: ReturnType<typeof layers>) => plan.list.map((d) => d.op);

test('without a gradient the scores are stored nowhere; with one they are kept where it reads them', () => {
  const scores = 3 * 1024 * 1024 * 4;
  const forward = layers([]);
  expect(kinds(forward)).not.toContain('softmax');
  expect(kinds(forward).filter((k) => k === 'flash')).toHaveLength(2);
  expect(forward.bytes.planned).toBeLessThan(scores / 2);
  // Below the layer that trains nobody asks for the probabilities.
  const upper = kinds(layers([2]));
  expect([upper.filter((k) => k === 'flash').length, upper.filter((k) => k === 'softmax').length]).toEqual([1, 1]);
  expect(kinds(layers([0, 1]))).not.toContain('flash');
});

test('a layer that is computed again for the gradient stores no scores in the forward pass', () => {
  const ops = kinds(layers([0, 1, 2], true));
  expect(ops.slice(0, ops.indexOf('softmax')).filter((k) => k === 'flash')).toHaveLength(2);
  expect(ops.filter((k) => k === 'softmax')).toHaveLength(2);
});
