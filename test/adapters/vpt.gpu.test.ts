import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { vpt } from '../../src/adapters/vpt';
import { openGpu } from '../../src/gpu/device';
import { EncoderBlock } from '../../src/models/sam/encoderBlock';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { concat, slice } from '../../src/ops/view';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { checkAdapter } from '../harness/checkAdapter';

checkAdapter('vpt', () => vpt({ prompts: 3, std: 0.5 }), { pattern: vpt.pattern });

/** A global block without relative positions: there, prompts can simply be put beside the tokens of a map of one row. */
function block() {
  const params = makeParams(2);
  const config = {
    dim: 8,
    numHeads: 2,
    qkvBias: true,
    useRelPos: false,
    inputSize: [1, 9] as const,
    relPosNames: ['rel_pos_h', 'rel_pos_w'] as const,
    mlpRatio: 2,
    act: 'gelu' as const,
    normEps: 1e-6,
    windowSize: 0,
    norm1InWindow: false,
  };
  return new EncoderBlock({ params, path: 'block' }, config);
}

test('tokens come out as with the prompts beside them in the sequence', async () => {
  const gpu = await openGpu();
  const noise = (shape: readonly number[], name: string) => constant(initialValues(normal(1), shape, name, 1), shape);
  const [x, prompts] = [noise([2, 1, 6, 8], 'x'), initialValues(normal(1), [3, 8], 'p', 1)];
  const [plain, prompted] = [block(), block()];
  attach(prompted, vpt({ prompts: 3 }), '');
  prompted.params.setSource('block.vpt_prompts', async () => prompts);
  await uploadParams(plain.params, gpu);
  await uploadParams(prompted.params, gpu);
  const beside = concat([x, constant([...prompts, ...prompts], [2, 1, 3, 8])], 2);
  const [want] = await readAll(gpu, [slice(plain.call(beside), 2, 0, 6)]);
  const [got] = await readAll(gpu, [prompted.call(x)]);
  expect(Math.max(...want.map((w, i) => Math.abs(w - got[i])))).toBeLessThan(1e-5);
});
