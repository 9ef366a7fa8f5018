import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { matmul } from '../../src/ops/matmul';
import { transpose } from '../../src/ops/view';
import { type Outputs, planStep } from '../../src/plan/plan';
import { emptyTuned } from '../../src/plan/tuned';
import { splitQuestions, tuneSplit } from '../../src/plan/tuneSplit';
import { input, trace } from '../../src/tensor/tensor';

const gpu = await openGpu();
const plan = { target: { software: false } };
const weightGradient = (): Outputs => ({
  outputs: { y: matmul(transpose(input('x', [1036, 12])), input('dy', [1036, 20])) },
});
const NAME = 'split 12×1036·1036×20 tn';

test('every number of parts is compared with the uncut product and timed; the plan cuts as the winner says', async () => {
  expect(splitQuestions(gpu, [weightGradient], plan)).toEqual([NAME]);
  const answer = (await tuneSplit(gpu, NAME, { plan, rounds: 1, us: 100 }))!;
  expect(answer.timings.map((t) => t.variant)).toEqual(['7', '1', '2', '4']);
  for (const t of answer.timings) {
    expect(t.refused).toBeUndefined();
    expect(t.us).toBeGreaterThan(0);
    expect(t.error).toBeLessThan(1e-5);
  }
  for (const parts of [1, 2, 4]) {
    const tuned = { ...emptyTuned(gpu.caps, ''), answers: { [NAME]: { ...answer, winner: String(parts) } } };
    const { list } = planStep(trace(weightGradient), gpu.caps, { ...plan, tuned });
    const product = list.find((d) => d.op === 'matmul')!;
    expect(product.result.shape).toEqual([1, parts, 12, 20]);
  }
});

test('nothing is asked on a software adapter, nor of a name that is none', async () => {
  expect(splitQuestions(gpu, [weightGradient], { target: { software: true } })).toEqual([]);
  expect(await tuneSplit(gpu, 'split of nothing', {})).toBeNull();
});
