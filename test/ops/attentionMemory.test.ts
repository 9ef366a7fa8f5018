import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import type { Caps } from '../../src/gpu/device';
import { type AttentionForm, attention, decomposedRelPos, formOf, getRelPos } from '../../src/ops/attention';
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

interface Block {
  readonly heads: number;
  readonly d: number;
  /** Windows, and tokens along a side of each. */
  readonly windows: number;
  readonly side: number;
  readonly rel: boolean;
  readonly form?: AttentionForm;
  readonly remat?: boolean;
}

/** Attention of maps of side × side tokens and the gradients of everything it reads. */
function block({ heads, d, windows, side, rel, form, remat }: Block) {
  return planStep(
    trace(() => {
      const n = side * side;
      const qkv = input('qkv', [windows, n, 3, heads, d]);
      const tables = rel ? ['h', 'w'].map((name) => input(name, [2 * side - 1, d])) : [];
      const attend = () => {
        const p = permute(qkv, [2, 0, 3, 1, 4]);
        const [q, k, v] = [0, 1, 2].map((i) => reshape(slice(p, 0, i, 1), [windows, heads, n, d]));
        const [rh, rw] = tables.map((t) => getRelPos(side, side, t));
        const y = attention(q, k, v, { form, rel: rel ? decomposedRelPos(q, rh, rw) : null });
        return reshape(permute(y, [0, 2, 1, 3]), [windows, n, heads * d]);
      };
      const out = remat ? segment(attend) : attend();
      const gs = gradAll([out], [qkv, ...tables], [input('dy', out.shape)]);
      return { outputs: { out, ...Object.fromEntries(gs.map((g, i) => [`g${i}`, g])) } };
    }),
    caps,
  );
}

const global = { heads: 12, d: 64, windows: 1, side: 64 };

test.each([
  ['with relative positions', { ...global, rel: true }],
  ['without', { ...global, rel: false }],
  ['computed again for the gradient', { ...global, rel: true, remat: true }],
  ['heads of 80 channels, ViT-H', { ...global, heads: 16, d: 80, rel: true }],
])('no object of a global block of 4096 tokens is larger than its qkv, forward and backward: %s', (_, b) => {
  const plan = block(b);
  const qkv = 4 * 4096 * 3 * b.heads * b.d;
  const largest = [...plan.placement.objects].sort((x, y) => y.bytes - x.bytes)[0];
  expect(largest.bytes, largest.label).toBeLessThanOrEqual(qkv);
  expect(plan.list.every((d) => d.refs.length <= 8)).toBe(true);
  // The test can fail: a form that stores scores has objects of their size.
  const stored = block({ ...b, form: 'recomputed' }).placement.objects;
  expect(Math.max(...stored.map((o) => o.bytes))).toBeGreaterThan(qkv);
});

test('windows of a map of 64 × 64 tokens: the gradient holds scores twice, the forward pass never', () => {
  const windows = { heads: 12, d: 64, windows: 25, side: 14, rel: true };
  const ofScores = (form?: AttentionForm) => {
    const { list } = block({ ...windows, form });
    const forward = list.findIndex((d) => d.op === 'flash');
    return list.flatMap((d, i) => (numel(d.result.shape) === 25 * 12 * 196 ** 2 ? [i - forward] : []));
  };
  expect(ofScores()).toHaveLength(2);
  expect(Math.min(...ofScores())).toBeGreaterThan(0);
  expect(ofScores('flash')).toEqual([]);
  expect(ofScores('composed').length).toBeGreaterThan(2);
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
