import { expect, test } from 'vitest';
import type { Caps } from '../../src/gpu/device';
import { half } from '../../src/ops/half';
import { linear, matmul } from '../../src/ops/matmul';
import { assign, pack } from '../../src/ops/plumbing';
import { add, exp, gelu, mul, relu, scale } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { concat, permute, reshape, slice, split, transpose } from '../../src/ops/view';
import { bytesMoved } from '../../src/plan/dispatch';
import { type Outputs, planStep } from '../../src/plan/plan';
import { input, leafTensor, trace } from '../../src/tensor/tensor';

const caps: Caps = {
  vendor: 'test',
  architecture: '',
  description: '',
  features: [],
  limits: {
    maxBufferSize: 2 ** 20,
    maxStorageBufferBindingSize: 2 ** 20,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupsPerDimension: 65535,
    minStorageBufferOffsetAlignment: 256,
  },
};
const plan = (build: () => Outputs, options = {}) => planStep(trace(build), caps, options);
const ops = (p: ReturnType<typeof plan>) => p.list.map((d) => d.op);

test('a chain of pointwise ops is one dispatch; bias, gelu, residual and scale ride on the product', () => {
  const chain = plan(() => ({ outputs: { y: exp(mul(add(input('a', [5]), input('b', [5])), input('c', [1]))) } }));
  expect(chain.list.length).toBe(1);
  const fused = plan(() => {
    const x = input('x', [6, 8]);
    return { outputs: { y: scale(add(gelu(linear(x, input('w', [8, 8]), input('b', [8]))), x), 2) } };
  });
  expect(ops(fused)).toEqual(['matmul']);
  expect(fused.list[0].refs.length).toBe(5);
});

test('a value with two readers is computed once and kept', () => {
  const p = plan(() => {
    const h = exp(input('x', [4, 4]));
    return { outputs: { y: add(matmul(h, input('w', [4, 4])), relu(h)) } };
  });
  expect(ops(p)).toEqual(['exp', 'matmul']);
});

test('16 bits are written by a dispatch of their own, as soon as the value is there, and read as they are', () => {
  const p = plan(() => {
    const h = half(add(matmul(input('x', [4, 4]), input('w', [4, 4])), input('b', [4])));
    const early = half(exp(input('a', [8])));
    return { outputs: { y: matmul(exp(matmul(h, input('v', [4, 4]))), h), z: relu(early) } };
  });
  expect(p.list.map((d) => d.kernel.file)).toEqual([
    'matmul/naive.wgsl',
    'pointwise/map4.wgsl',
    'pointwise/map4.wgsl',
    'matmul/naive.wgsl',
    'matmul/naive.wgsl',
    'pointwise/map4.wgsl',
  ]);
});

test('an expanded operand is not recomputed for every element', () => {
  const p = plan(() => ({ outputs: { y: add(exp(input('row', [1, 64])), input('x', [64, 64])) } }));
  expect(ops(p)).toEqual(['exp', 'add']);
});

test('what costs no more than a load is computed again for every element, not in a dispatch of its own', () => {
  const p = plan(() => ({ outputs: { y: add(scale(input('row', [1, 64]), 2), input('x', [64, 64])) } }));
  expect(ops(p)).toEqual(['add']);
});

test('fusion stops where the bindings run out', () => {
  const p = plan(() => {
    const xs = Array.from({ length: 12 }, (_, i) => input(`x${i}`, [4]));
    return { outputs: { y: xs.reduce(add) } };
  });
  expect(p.list.length).toBe(2);
  expect(Math.max(...p.list.map((d) => d.refs.length))).toBeLessThanOrEqual(8);
});

test('qkv split, transposes and heads are read in place: two products and nothing else', () => {
  const p = plan(() => {
    const qkv = permute(reshape(input('qkv', [2, 16, 3 * 32]), [2, 16, 3, 4, 8]), [2, 0, 3, 1, 4]);
    const [q, k, v] = split(qkv, 3, 0).map((t) => reshape(t, [2, 4, 16, 8]));
    return { outputs: { y: matmul(matmul(q, transpose(k)), v) } };
  });
  expect(ops(p)).toEqual(['matmul', 'matmul']);
});

test('a masked or reordered operand is copied once where a kernel needs it whole', () => {
  const p = plan(() => {
    const x = concat([input('a', [4, 4]), input('b', [4, 4])], 1);
    return { outputs: { y: matmul(x, transpose(x)) } };
  });
  expect(p.list.length).toBe(2);
});

test('packed parts are written straight into the flat buffer', () => {
  const p = plan(() => {
    const [a, b] = [input('a', [8, 8]), input('b', [8, 8])];
    return { outputs: { s: sum(pack([matmul(a, b), exp(reshape(slice(b, 0, 0, 2), [16]))], [0, 64], 128)) } };
  });
  expect(ops(p)).toEqual(['matmul', 'exp', 'reduce']);
  const slots = p.list.slice(0, 2).map((d) => p.placement.slots.get(d.result)!);
  expect(slots.map((s) => s.offset)).toEqual([0, 256]);
  expect(slots[0].object).toBe(slots[1].object);
});

test('one value as two parts of a pack is written to both places', () => {
  const p = plan(() => {
    const x = exp(input('x', [16]));
    return { outputs: { s: sum(pack([x, x, x], [0, 64, 128], 192)) } };
  });
  const parts = p.list.filter((d) => d.op === 'copy').map((d) => p.placement.slots.get(d.result)!);
  expect(parts.map((s) => s.offset)).toEqual([0, 256, 512]);
});

test('tensors that never live together share an object, and no dispatch reads what it writes', () => {
  const p = plan(() => {
    let x = input('x', [32, 32]);
    for (let i = 0; i < 6; i++) x = relu(matmul(x, input(`w${i}`, [32, 32])));
    return { outputs: { y: x } };
  });
  expect(p.list.length).toBe(6);
  // Ping-pong: one is read while the other is written.
  expect(p.placement.objects.length).toBe(2);
  for (const d of p.list) {
    const own = p.placement.slots.get(d.result)!.object;
    const read = d.refs.slice(0, -1).filter((r) => r.tensor !== d.result && !r.tensor.leaf);
    expect(read.map((r) => p.placement.slots.get(r.tensor)!.object)).not.toContain(own);
  }
});

test('in-place updates come last, in the order given', () => {
  const leaf = { kind: 'state', name: 's', shape: [64], dtype: 'f32' } as const;
  const p = plan(() => {
    const s = leafTensor(leaf);
    return { outputs: { y: exp(s) }, effects: [assign(s, scale(s, 2))] };
  });
  expect(p.list.at(-1)!.op).toBe('assign');
});

test('equal layers share a shader: offsets into the parameters are bound, not compiled in', () => {
  const flat = { kind: 'state', name: 'p', shape: [4096], dtype: 'f32' } as const;
  const p = plan(() => {
    let x = input('x', [32, 32]);
    for (let i = 0; i < 4; i++) x = matmul(x, reshape(slice(leafTensor(flat), 0, 1024 * i, 1024), [32, 32]));
    return { outputs: { y: x } };
  });
  expect(new Set(p.list.map((d) => d.wgsl.code)).size).toBe(1);
});

test('a plan that cannot fit says which object, how large, and what to lower', () => {
  expect(() => plan(() => ({ outputs: { y: exp(input('x', [600, 600])) } }))).toThrow(
    /needs one buffer of 1\.37 MiB, but this GPU allows 1\.00 MiB.*Lower the batch/s,
  );
  expect(() => plan(() => ({ outputs: { y: exp(input('x', [100, 100])) } }), { maxBytes: 1000 })).toThrow(
    /needs 39\.1 KiB.*1000 B allowed.*Largest objects/s,
  );
});

test('a dispatch moves what it touches: parts of flat parameters, repeated operands once, effects both ways', () => {
  const leaf = (name: string, n: number) => leafTensor({ kind: 'state', name, shape: [n], dtype: 'f32' } as const);
  const p = leaf('p', 4096);
  const part = (start: number, shape: number[]) =>
    reshape(
      slice(
        p,
        0,
        start,
        shape.reduce((a, b) => a * b),
      ),
      shape,
    );
  const product = plan(() => ({
    outputs: { y: linear(input('x', [32, 16]), part(1024, [8, 16]), part(2048, [8])) },
  }));
  expect(product.list.map(bytesMoved)).toEqual([4 * (32 * 16 + 8 * 16 + 8 + 32 * 8)]);
  const update = plan(() => ({ outputs: {}, effects: [assign(leaf('q', 64), input('x', [64]))] }));
  expect(update.list.map(bytesMoved)).toEqual([4 * 3 * 64]);
});
