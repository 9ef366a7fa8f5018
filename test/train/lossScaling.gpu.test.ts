import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { halfOptions, scaleStart, scales } from '../../src/train/lossScaling';
import { makeTrainer, type StepResult, type Trainer } from '../../src/train/trainer';
import { QUICK, tinyBatch, tinyConfig, uploadedSam } from './tiny';

const gpu = await openGpu();
const config = { ...tinyConfig, precision: 'packed16', ema: 0.9, lossScaleEvery: 4 } as const;

async function fresh(changes: Partial<typeof tinyConfig>): Promise<Trainer> {
  return makeTrainer(gpu, await uploadedSam(gpu), { ...config, ...changes }, QUICK);
}

async function steps(trainer: Trainer, from: number, to: number): Promise<StepResult[]> {
  return Promise.all(Array.from({ length: to - from }, (_, i) => trainer.run(tinyBatch(from + i))));
}

test('a step whose gradients are too large changes nothing but the scale; the scale falls, training begins, it rises again', async () => {
  const trainer = await fresh({ lossScale: 2 ** 40, clip: 1 });
  const begin = await trainer.readState();
  const [first] = await steps(trainer, 0, 1);
  expect(first.scaling).toEqual({ scale: 2 ** 40, skipped: true });
  expect([Number.isFinite(first.loss), Number.isFinite(first.norm)]).toEqual([true, false]);
  const after = await trainer.readState();
  expect(after.p).toEqual(begin.p);
  const { lossScale, ...rest } = after.vectors;
  expect(rest).toEqual(Object.fromEntries(Object.entries(begin.vectors).filter(([name]) => name !== 'lossScale')));
  expect([...lossScale]).toEqual([2 ** 39, 0, 0, 0]);
  const results = [first, ...(await steps(trainer, 1, 40))];
  const skips = results.map((r) => r.scaling!.skipped);
  const begun = skips.indexOf(false);
  expect(begun).toBeGreaterThan(3);
  results.slice(0, begun).forEach(({ scaling }, i) => {
    expect(scaling!.scale).toBe(2 ** (40 - i));
  });
  // Four good steps on end double it.
  const found = results[begun].scaling!.scale;
  expect(results[begun + 4].scaling!.scale).toBe(2 * found);
  const good = results.filter((r) => !r.scaling!.skipped);
  expect(good.at(-1)!.loss).toBeLessThan(good[0].loss);
  expect(good.every((r) => Number.isFinite(r.norm))).toBe(true);
  expect((await trainer.readState()).p).not.toEqual(begin.p);
  trainer.destroy();
});

test('a run that is taken up again goes on bit for bit, scale and counts included', async () => {
  const whole = await fresh({ lossScale: 2 ** 34 });
  const curve = await steps(whole, 0, 14);
  expect(curve.some((r) => r.scaling!.skipped) && curve.some((r) => !r.scaling!.skipped)).toBe(true);
  const end = await whole.readState();
  whole.destroy();
  const half = await fresh({ lossScale: 2 ** 34 });
  expect(await steps(half, 0, 11)).toEqual(curve.slice(0, 11));
  const saved = await half.readState();
  half.destroy();
  const resumed = await fresh({ lossScale: 2 ** 34 });
  resumed.writeState(saved);
  expect(await steps(resumed, 11, 14)).toEqual(curve.slice(11));
  expect(await resumed.readState()).toEqual(end);
  resumed.destroy();
});

test('the scale itself changes no step: parameters agree with those of an unscaled run within roundings of 16 bits', async () => {
  const runs: Float32Array[] = [];
  const losses: number[] = [];
  for (const changes of [
    { precision: 'f32' },
    { precision: 'packed16', lossScale: 256 },
    { precision: 'packed16' },
  ] as const) {
    const trainer = await fresh({ ...changes, accumulate: 2, optimiser: 'sgd', lr: 0.1, warmup: 0 });
    const results = await steps(trainer, 0, 3);
    losses.push(results[2].loss);
    runs.push((await trainer.readState()).p);
    trainer.destroy();
  }
  const size = (x: Float32Array) => Math.sqrt(x.reduce((n, v) => n + v * v, 0));
  const start = (await (await fresh({})).readState()).p;
  const moved = runs.map((p) => p.map((v, i) => v - start[i]));
  // Three steps along gradients that are off by some eight roundings each (see kept16.gpu.test).
  for (const other of [1, 2]) {
    expect(size(moved[0].map((v, i) => v - moved[other][i]))).toBeLessThan(8 * 2 ** -11 * size(moved[0]));
    expect(Math.abs(losses[other] - losses[0])).toBeLessThan(1e-3 * losses[0]);
  }
  expect(moved[2]).not.toEqual(moved[0]);
});

test('what asks for 16 bits, and a device that has no such type', () => {
  expect([scales({ precision: 'mixed' }), scales({ precision: 'f16' })]).toEqual([false, true]);
  expect([...scaleStart(8)]).toEqual([8, 0, 0, 0]);
  const bare = { ...gpu.caps, features: [] };
  expect(halfOptions({}, bare, { precision: 'packed16' })).toEqual({ half: 'packed16' });
  expect(halfOptions({}, { ...bare, features: ['shader-f16'] }, { precision: 'f16' })).toEqual({ half: 'f16' });
  expect(halfOptions(QUICK, bare, { precision: 'mixed' })).toBe(QUICK);
  expect(() => halfOptions({}, bare, { precision: 'f16' })).toThrow('use train.precision=packed16');
});
