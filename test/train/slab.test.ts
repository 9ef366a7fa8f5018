import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { sdTrans } from '../../src/adapters/sdTrans';
import { grad } from '../../src/autograd/grad';
import type { Caps } from '../../src/gpu/device';
import { GpuError } from '../../src/gpu/errors';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { DEPTH, provide } from '../../src/nn/context';
import { makeParams } from '../../src/nn/params';
import { sum } from '../../src/ops/reduce';
import { planMemory } from '../../src/plan/memory';
import { input } from '../../src/tensor/tensor';
import { checkSlab, largestSlab, type SlabQuestion, withFittingDepth } from '../../src/train/slab';

const caps: Caps = {
  vendor: 'test',
  architecture: '',
  description: '',
  features: [],
  limits: {
    maxBufferSize: 2 ** 28,
    maxStorageBufferBindingSize: 2 ** 27,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupsPerDimension: 65535,
    minStorageBufferOffsetAlignment: 256,
  },
};

const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
attach(sam, sdTrans());
const parameters = sam.params.layout().slots.map((s) => s.name);

/** The gradients of one volume's slab. */
const steps = (depth: number) => [
  () => {
    const y = provide(DEPTH, depth, () => sam.encode(input('image', [depth, 3, 64, 64])));
    const grads = grad(
      sum(y),
      parameters.map((n) => sam.params.tensor(n)),
    );
    return { outputs: Object.fromEntries(grads.map((g, i) => [parameters[i], g])) };
  },
];
const bytes = (depth: number) => planMemory(steps(depth), caps).total;
const question = (budget: number, most = 40): SlabQuestion => ({ steps, caps, budget, most });

test('the largest depth that fits, to the byte', () => {
  const [b11, b12] = [bytes(11), bytes(12)];
  expect(b12).toBeGreaterThan(b11);
  const found = largestSlab(question(b12 - 1));
  expect(found.depth).toBe(11);
  expect(found.memory.total).toBe(b11);
  expect(largestSlab(question(b12)).depth).toBe(12);
});

test('no more slices than there are', () => {
  expect(largestSlab(question(2 ** 40, 5)).depth).toBe(5);
  expect(() => largestSlab(question(2 ** 40, 0))).toThrow(/at least 1 slice, got 0/);
});

test('few plans are made', () => {
  const budget = bytes(23);
  const tried: number[] = [];
  const counted = (depth: number) => {
    tried.push(depth);
    return steps(depth);
  };
  expect(largestSlab({ ...question(budget, 300), steps: counted }).depth).toBe(23);
  expect(tried.length).toBeLessThanOrEqual(6);
});

test('not even one slice: what it takes and what to lower', () => {
  const kind = (f: () => unknown) => {
    try {
      f();
    } catch (e) {
      return e instanceof GpuError ? e.kind : e;
    }
  };
  expect(() => largestSlab(question(1000))).toThrow(
    /not even one slice fits\. A slab of 1 slice takes .*more than the 1000 B allowed\. Lower the batch or the image size.*Largest objects/s,
  );
  expect(kind(() => largestSlab(question(1000)))).toBe('memory');
  const limits = { ...caps.limits, maxStorageBufferBindingSize: 4096 };
  expect(kind(() => largestSlab({ ...question(2 ** 40), caps: { ...caps, limits } }))).toBe('limit');
});

test('a depth that was asked for and does not fit is answered with the one that does', () => {
  const budget = bytes(3);
  expect(checkSlab(question(budget), 3).depth).toBe(3);
  expect(() => checkSlab(question(budget), 8)).toThrow(/A slab of 8 slices takes .*Slabs of up to 3 slices fit/s);
});

test('an error about memory gets the depth that fits, any other stays as it is', () => {
  const q = { steps, caps, plan: { maxBytes: planMemory(steps(6), caps).activations } };
  const e = new GpuError('memory', 'too large.');
  const said = withFittingDepth(e, q, 20) as GpuError;
  expect([said.kind, said.message]).toEqual(['memory', 'too large.\nSlabs have 20 slices; up to 6 would fit.']);
  expect(withFittingDepth(e, q, 1)).toBe(e);
  expect(withFittingDepth(e, { ...q, plan: { maxBytes: 1 } }, 20)).toBe(e);
  const other = new Error('x');
  expect(withFittingDepth(other, q, 20)).toBe(other);
});
