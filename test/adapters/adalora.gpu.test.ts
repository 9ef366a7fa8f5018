import { expect, test } from 'vitest';
import { adalora } from '../../src/adapters/adalora';
import { attach } from '../../src/adapters/adapter';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { provide, STEPS } from '../../src/nn/context';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { checkAdapter } from '../harness/checkAdapter';

checkAdapter('adalora', () => adalora({ rank: 3 }), { pattern: adalora.pattern });

const tiny = () => buildSam({ params: makeParams() }, samConfig('tiny'));

test('the penalty is the mean distance of A·Aᵀ and Bᵀ·B from the identity', async () => {
  const sam = tiny();
  const { hooks } = attach(sam, adalora({ rank: 2, targets: 'lin1', orthogonality: 0.5 }), 'image_encoder.blocks.0');
  const values = new Map<string, Float32Array>();
  for (const p of sam.params.all()) {
    if (!p.adapter) continue;
    values.set(p.name, initialValues(normal(1), p.shape, p.name, 3));
    sam.params.setSource(p.name, async () => values.get(p.name)!);
  }
  const gpu = await openGpu();
  await uploadParams(sam.params, gpu);
  const [[got]] = await readAll(gpu, [hooks.penalty!()]);
  const at = (name: string) => values.get(`image_encoder.blocks.0.mlp.lin1.${name}`)!;
  const distance = (n: number, v: (i: number, j: number) => number) => {
    let s = 0;
    for (const [i, k] of [0, 1].flatMap((i) => [0, 1].map((k) => [i, k]))) {
      let dot = i === k ? -1 : 0;
      for (let j = 0; j < n; j++) dot += v(i, j) * v(k, j);
      s += dot * dot;
    }
    return Math.sqrt(s);
  };
  const [a, b] = [at('lora_A'), at('lora_B')];
  const want = (0.5 / 2) * (distance(16, (i, j) => a[i * 16 + j]) + distance(64, (i, j) => b[j * 2 + i]));
  expect(Math.abs(got - want)).toBeLessThan(1e-5 * want);
});

test('ranks that cannot be allocated are refused with the remedy', () => {
  expect(() => adalora({ rank: 2, targetRank: 3 })).toThrow(/targetRank 3 is more than rank 2/);
  const { hooks } = attach(tiny(), adalora());
  const t = constant([1], [1]);
  const gradient = () => t;
  expect(() => hooks.update!(gradient, t)).toThrow(/give totalSteps/);
  const short = attach(tiny(), adalora({ initialWarmup: 5, finalWarmup: 5 })).hooks;
  expect(() => provide(STEPS, 10, () => short.update!(gradient, t))).toThrow(/leave no step of 10/);
  expect(attach(tiny(), adalora({ allocate: false })).hooks).not.toHaveProperty('update');
});
