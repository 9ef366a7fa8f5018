import { expect, test } from 'vitest';
import { grad } from '../../../src/autograd/grad';
import { openGpu } from '../../../src/gpu/device';
import { buildUNet } from '../../../src/models/unet/unet';
import { makeParams } from '../../../src/nn/params';
import { uploadParams } from '../../../src/nn/paramsIo';
import { mul } from '../../../src/ops/pointwise';
import { sum } from '../../../src/ops/reduce';
import { compile } from '../../../src/plan/compile';
import { constant } from '../../../src/tensor/tensor';
import { TRAIN_DEFAULTS } from '../../../src/train/trainConfig';
import { makeTrainer } from '../../../src/train/trainer';
import type { TrainItem } from '../../../src/train/trainItem';
import { type Array64, noise } from '../../harness/array64';
import { unet64 } from './reference';

const gpu = await openGpu();

test('masks and gradients are those of a U-Net in float64', async () => {
  const sizes = { side: 8, classes: 2, width: 2, levels: 1 };
  const params = makeParams(3);
  const unet = buildUNet({ params }, sizes);
  const shape = [1, 3, 8, 8];
  const [x, w] = [noise(192, 1), noise(128, 2)];
  const { slots } = params.layout();
  await uploadParams(params, gpu);
  const step = await compile(gpu, () => {
    const y = unet.call(constant(x, shape));
    const loss = sum(mul(y, constant(w, [1, 2, 8, 8])));
    const grads = grad(
      loss,
      slots.map((s) => params.tensor(s.name)),
    );
    return { outputs: { y, ...Object.fromEntries(grads.map((g, i) => [slots[i].name, g])) } };
  });
  step.run();
  const values = new Map<string, Array64>();
  for (const s of slots) values.set(s.name, { shape: s.shape, data: Float64Array.from(await params.values(s.name)) });
  const image: Array64 = { shape, data: Float64Array.from(x) };
  const forward = () => unet64(image, 1, (name) => values.get(name)!);
  const loss = () => forward().data.reduce((n, v, i) => n + v * w[i], 0);
  const y = await step.read('y');
  const want = forward().data;
  for (const [i, v] of y.entries()) expect(Math.abs(v - want[i])).toBeLessThan(1e-5);
  for (const s of slots) {
    const g = await step.read(s.name);
    const at = [0, Math.floor(s.length / 2), s.length - 1];
    for (const i of new Set(at)) {
      const { data } = values.get(s.name)!;
      const [kept, h] = [data[i], 1e-6];
      data[i] = kept + h;
      const high = loss();
      data[i] = kept - h;
      const slope = (high - loss()) / (2 * h);
      data[i] = kept;
      expect(Math.abs(g[i] - slope), `${s.name}[${i}]`).toBeLessThan(2e-4 * Math.max(1, Math.abs(slope)));
    }
  }
});

/** Two objects of one image: the bright square is class 0, the dark one class 1. */
function items(side: number): TrainItem[] {
  const image = new Uint8Array(side * side * 3).fill(120);
  const masks = [0, 1].map(() => new Uint8Array(side * side));
  for (let y = 2; y < 8; y++) {
    for (let x = 2; x < 8; x++) {
      masks[0][y * side + x] = 1;
      image.fill(220, 3 * (y * side + x), 3 * (y * side + x) + 3);
      masks[1][(y + 6) * side + x + 6] = 1;
      image.fill(30, 3 * ((y + 6) * side + x + 6), 3 * ((y + 6) * side + x + 6) + 3);
    }
  }
  return masks.map((mask, k) => ({
    ...{ id: 'one', className: `class ${k}`, image, mask, inputSize: [side, side] as const },
    points: Float32Array.of(k, 0),
    labels: Float32Array.of(-1),
  }));
}

test('one image is learnt by heart, each row by its class, with the trainer of all models', async () => {
  const params = makeParams(1);
  const unet = buildUNet({ params }, { side: 16, classes: 2, width: 4, levels: 1 });
  await uploadParams(params, gpu);
  const config = { ...TRAIN_DEFAULTS, batch: 2, points: 1, lr: 1e-2, warmup: 5, steps: 40 };
  const trainer = await makeTrainer(gpu, unet, config);
  const both = items(16);
  const first = await trainer.run(both);
  for (let t = 1; t < 40; t++) await trainer.run(both);
  const results = await trainer.evaluate(both);
  expect(first.loss).toBeGreaterThan(1);
  for (const r of results) expect(r.dice, r.className).toBeGreaterThan(0.95);
  for (const r of results) expect(r.score > 0 && r.score <= 1).toBe(true);
  trainer.destroy();
});

test('a side that cannot be halved so often, and rows without a class, are refused', () => {
  const build = { params: makeParams() };
  expect(() => buildUNet(build, { side: 24, classes: 1 })).toThrow('side 24 must be a multiple of 16');
  const unet = buildUNet({ params: makeParams() }, { side: 16, classes: 1 });
  expect(unet.params.counts().trained).toBe(1_942_577);
});
