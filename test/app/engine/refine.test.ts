import { expect, test } from 'vitest';
import type { Prompt as CasePrompt, PromptPoint } from '../../../src/app/document/document';
import type { Model } from '../../../src/app/engine/model';
import type { Picture } from '../../../src/app/engine/picture';
import { refine } from '../../../src/app/engine/refine';
import type { Prompt } from '../../../src/models/sam/prompt';

const picture = { id: 'p', original: [8, 8] } as unknown as Picture;
const point = (x: number, onto?: number): PromptPoint => ({
  x,
  y: 0,
  label: 1,
  ...(onto === undefined ? {} : { onto }),
});
const prompt = (...points: PromptPoint[]): CasePrompt => ({ points, box: null, choice: null });

/** A model whose masks' logits name the call and the candidate; `inputs` are the first logits of what each call was given. */
function makeModel() {
  const inputs: (number | null)[] = [];
  const predict = async ({ maskInput }: Prompt, multimask: boolean) => {
    inputs.push(maskInput ? maskInput[0] : null);
    const n = multimask ? 3 : 1;
    const lowRes = Float32Array.from({ length: 4 * n }, (_, i) => 10 * inputs.length + Math.floor(i / 4));
    return { n, lowRes, iou: Float32Array.from({ length: n }, (_, i) => [0.1, 0.9, 0.5][i]) };
  };
  const model = { which: 'base', version: 0, warm: new Set(), predictor: { predict } } as unknown as Model;
  return { model, inputs };
}

test('the second click comes with the mask of the first: the best one, or the one that was chosen', async () => {
  const { model, inputs } = makeModel();
  await refine(model, picture, prompt(point(1)), { masks: 'auto' });
  await refine(model, picture, prompt(point(1), point(2)), { masks: 'auto' });
  await refine(model, picture, prompt(point(1), point(2, 2)), { masks: 'auto' });
  expect(inputs).toEqual([null, 11, 12]);
});

test('what is not kept is computed again, so that the answer is the same whatever came before', async () => {
  const long = makeModel();
  for (const points of [[point(1)], [point(1), point(2)], [point(1), point(2), point(3)]])
    await refine(long.model, picture, prompt(...points), { masks: 'auto' });
  const short = makeModel();
  await refine(short.model, picture, prompt(point(1), point(2), point(3)), { masks: 'auto' });
  expect(short.inputs).toEqual(long.inputs);
  // Kept now: one call more, not three.
  await refine(short.model, picture, prompt(point(1), point(2), point(4)), { masks: 'auto' });
  expect(short.inputs).toHaveLength(4);
});

test('other parameters, another picture, another number of masks: nothing of before is used', async () => {
  const { model, inputs } = makeModel();
  await refine(model, picture, prompt(point(1)), { masks: 'auto' });
  model.version++;
  await refine(model, picture, prompt(point(1), point(2)), { masks: 'auto' });
  expect(inputs).toEqual([null, null, 21]);
  await refine(model, picture, prompt(point(1), point(2)), { masks: 'one' });
  expect(inputs).toEqual([null, null, 21, null, 40]);
});
