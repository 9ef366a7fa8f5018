// Every arm against SPEC's formulas, written out here in float64 with loops, at sizes that fit no tile.
import { beforeAll, expect, test } from 'vitest';
import { ARMS, type Arm, PromptedBottleneck, type PromptedConfig } from '../../src/adapters/promptedBottleneck';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { capturing } from '../../src/nn/capture';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const [B, T, C] = [2, 3, 10];
const config = (arm: Arm): PromptedConfig => ({ arm, dim: C, r: 5, lp: 3, k: 3, act: 'relu', upInit: 'default' });
const noise = (n: number, name: string) => initialValues(normal(1), [n], name, 2);
const h = noise(B * T * C, 'h');

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

/** The numbers of the adapter's parameters, by name. */
type Values = ReadonlyMap<string, Float32Array>;

/** x·Wᵀ + b of the layer called `name`. */
function affine(w: Values, name: string, x: readonly number[]): number[] {
  const [weight, bias] = [w.get(`${name}.weight`)!, w.get(`${name}.bias`)!];
  return Array.from(bias, (b, i) => x.reduce((s, v, j) => s + v * weight[i * x.length + j], b));
}

function layerNorm(w: Values, name: string, x: readonly number[]): number[] {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const variance = x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length;
  return x.map(
    (v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * w.get(`${name}.weight`)![i] + w.get(`${name}.bias`)![i],
  );
}

const relu = (x: readonly number[]) => x.map((v) => Math.max(v, 0));

/** One token of one row. */
function reference(w: Values, { arm, r, k }: PromptedConfig, token: readonly number[], p: readonly number[]): number[] {
  let d = affine(w, 'D_fc1', token);
  if (arm === 'none') d = relu(d);
  if (arm === 'add') d = relu(affine(w, 'prompt', p).map((v, i) => v + d[i]));
  if (arm === 'concat') d = relu(affine(w, 'fuse', [...d, ...affine(w, 'prompt', p)]));
  if (arm === 'hyper' || arm === 'hyper-token') {
    const e = affine(w, 'reduce', p);
    for (let n = 0; n < k; n++) {
      const weights = affine(w, `gen.${n}`, e);
      const before = d;
      const product = Array.from({ length: r }, (_, j) => before.reduce((s, v, i) => s + v * weights[i * r + j], 0));
      d = relu(layerNorm(w, `norm.${n}`, product));
    }
  }
  return affine(w, 'D_fc2', d);
}

test.each(ARMS)('%s', async (arm) => {
  const params = makeParams(6);
  const adapter = new PromptedBottleneck({ params, path: 'a', adapter: 'hypAdpt' }, config(arm));
  const values = new Map(
    params.all().map((p) => [
      p.name.slice(2),
      noise(
        p.shape.reduce((x, y) => x * y, 1),
        p.name,
      ),
    ]),
  );
  for (const p of params.all()) params.setSource(p.name, async () => values.get(p.name.slice(2))!);
  await uploadParams(params, gpu);
  const perToken = arm === 'hyper-token';
  const shape = perToken ? [B, T, C] : [B, C];
  const p = noise(
    shape.reduce((x, y) => x * y, 1),
    'p',
  );
  const { result, acts } = capturing(() => adapter.call(constant(h, [B, T, C]), constant(p, shape)));
  const [out] = await readAll(gpu, [result]);
  const row = (x: Float32Array, i: number) => [...x.subarray(i * C, (i + 1) * C)];
  const want = Array.from({ length: B * T }, (_, i) =>
    reference(values, config(arm), row(h, i), row(p, perToken ? i : Math.floor(i / T))),
  ).flat();
  const size = Math.max(...want.map(Math.abs));
  expect(Math.max(...want.map((v, i) => Math.abs(v - out[i])))).toBeLessThan(2e-6 * size);
  expect([...acts.keys()].filter((n) => /W\d$/.test(n))).toEqual(/hyper/.test(arm) ? ['a.W1', 'a.W2', 'a.W3'] : []);
});
