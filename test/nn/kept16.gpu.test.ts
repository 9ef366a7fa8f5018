import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { gradAll } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { provide } from '../../src/nn/context';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { REMAT, remat } from '../../src/nn/remat';
import { compile } from '../../src/plan/compile';
import { numel } from '../../src/tensor/shape';
import { constant, input, kept16 } from '../../src/tensor/tensor';
import { QUICK } from '../train/tiny';

/** Of one value in 16 bits: 11 significant bits. */
const ROUNDING = 2 ** -11;
/**
 * Of a gradient, by its norm. It is a sum of products; each passes through the kept values of the layers above, and each of
 * those is off by at most ROUNDING: some eight of them here, in two blocks and the neck.
 */
const TOLERANCE = 8 * ROUNDING;
const SIDE = 64;

const gpu = await openGpu();
const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 4 }));
attach(sam, medsa({ init: 'default' }), 'image_encoder.blocks.*', { train: 'all' });
remat(sam);
await uploadParams(sam.params, gpu);
const names = sam.params.layout().slots.map((s) => s.name);
const trained = names.filter((n) => n.startsWith('image_encoder'));
const image = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i * 7919) % 256);

/** The embedding and the gradients of an encoder whose parameters all train, of two runs. */
async function gradients(half: boolean, again: boolean): Promise<Float32Array[][]> {
  const build = () => {
    const y = kept16(() => sam.encode(input('image', [1, 3, SIDE, SIDE])), half);
    const seed = constant(
      Float32Array.from({ length: numel(y.shape) }, (_, i) => Math.sin(i * i)),
      y.shape,
    );
    const wrt = trained.map((n) => sam.params.tensor(n));
    const outputs = [y, ...gradAll([y], wrt, [seed])];
    return { outputs: Object.fromEntries(outputs.map((g, i) => [`${i}`, g])) };
  };
  const step = await compile(gpu, () => provide(REMAT, again, build), QUICK);
  expect(step.plan.list.some((d) => d.result.dtype === 'f16')).toBe(half);
  const runs: Float32Array[][] = [];
  for (let k = 0; k < 2; k++) {
    step.run({ image });
    runs.push(await Promise.all([...step.plan.outputs.keys()].map((n) => step.read(n))));
  }
  step.destroy();
  return runs;
}

const norm = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

test('the forward is the same, gradients are off by few roundings, two runs are bit-equal; with remat, too', async () => {
  const [[y, ...exact]] = await gradients(false, false);
  for (const again of [false, true]) {
    const [first, second] = await gradients(true, again);
    expect(second).toEqual(first);
    expect(first[0]).toEqual(y);
    exact.forEach((want, i) => {
      const off = norm(first[i + 1].map((v, k) => v - want[k])) / norm(want);
      expect(off, trained[i]).toBeLessThan(TOLERANCE);
    });
    expect(first.slice(1)).not.toEqual(exact);
  }
});
