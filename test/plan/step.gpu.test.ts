import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { linear } from '../../src/ops/matmul';
import { adamHyper, adamw } from '../../src/ops/optim';
import { pack } from '../../src/ops/plumbing';
import { gelu, mul, sub } from '../../src/ops/pointwise';
import { mean } from '../../src/ops/reduce';
import { reshape, slice } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { bindLeaf, readLeaf } from '../../src/plan/leaves';
import { input, type Leaf, leafTensor } from '../../src/tensor/tensor';

const ramp = (n: number, k: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(k * i + k));

/** Least squares of one layer, trained with AdamW: a whole training step in little. */
function training() {
  const leaf = (name: string): Leaf => ({ kind: 'state', name, shape: [128], dtype: 'f32' });
  const [p, m, v] = ['p', 'm', 'v'].map(leaf);
  const build = () => {
    const w = reshape(slice(leafTensor(p), 0, 0, 64), [8, 8]);
    const b = slice(leafTensor(p), 0, 64, 8);
    const miss = sub(gelu(linear(input('x', [16, 8]), w, b)), input('y', [16, 8]));
    const loss = mean(mul(miss, miss));
    const g = pack(grad(loss, [w, b]), [0, 64], 128);
    const step = adamw(leafTensor(p), g, leafTensor(m), leafTensor(v), input('hyper', [4]), { decayEnd: 64 });
    return { outputs: { loss: reshape(loss, [1]) }, effects: [step] };
  };
  return { p, build };
}

async function train(steps: number, submits = 1) {
  const gpu = await openGpu();
  const { p, build } = training();
  bindLeaf(gpu, p, ramp(128, 0.7));
  const step = await compile(gpu, build, { submits });
  const losses: number[] = [];
  for (let i = 1; i <= steps; i++) {
    const ticket = step.run({ x: ramp(128, 1), y: ramp(128, 2), hyper: adamHyper(0.01, i) });
    losses.push((await ticket.read('loss'))[0]);
  }
  return { gpu, step, losses, params: await readLeaf(gpu, p) };
}

test('a training step is one submit and creates no GPU object in steady state', async () => {
  const { gpu, step } = await train(2);
  let submits = 0;
  const submit = gpu.device.queue.submit.bind(gpu.device.queue);
  gpu.device.queue.submit = (list) => {
    submits++;
    return submit(list);
  };
  const before = { ...gpu.created };
  const bytes = gpu.bytes;
  for (let i = 3; i <= 8; i++) {
    const ticket = step.run({ x: ramp(128, i), y: ramp(128, 2 * i), hyper: adamHyper(0.01, i) });
    await ticket.read('loss');
  }
  expect(submits).toBe(6);
  expect(gpu.created).toEqual(before);
  expect(gpu.bytes).toBe(bytes);
});

test('training lowers the loss, and two runs are equal bit for bit', async () => {
  const [a, b] = [await train(12), await train(12)];
  expect(a.losses[11]).toBeLessThan(a.losses[0]);
  expect(b.losses).toEqual(a.losses);
  expect(b.params).toEqual(a.params);
});

test('a step in several submits gives the same bits', async () => {
  const [one, many] = [await train(3), await train(3, 4)];
  expect(many.step.plan.submits.length).toBe(4);
  expect(many.losses).toEqual(one.losses);
  expect(many.params).toEqual(one.params);
});

test('results of several runs in flight are told apart, and a lost one is an error', async () => {
  const { step, gpu } = await train(1);
  const run = (i: number) => step.run({ x: ramp(128, i), y: ramp(128, 2 * i), hyper: adamHyper(0, i) });
  const first = run(1);
  const second = run(2);
  expect((await first.read('loss'))[0]).not.toBe((await second.read('loss'))[0]);
  for (let i = 3; i < 8; i++) run(i);
  await expect(first.read('loss')).rejects.toThrow(/run \d+ is gone/);
  gpu.destroy();
});

test('wrong inputs are named', async () => {
  const { step } = await train(1);
  expect(() => step.run({ z: ramp(1, 1) })).toThrow(/no input z; inputs are/);
  expect(() => step.run({ x: ramp(3, 1) })).toThrow(/input x wants \[16,8\] = 128 values, got 3/);
  await expect(step.read('nothing')).rejects.toThrow(/no output nothing; outputs are loss/);
});

test('a lost device is reported as lost', async () => {
  const { gpu, step } = await train(1);
  gpu.destroy();
  await gpu.lost;
  expect(() => step.run()).toThrow(/device was lost/);
});
