import { expect, test } from 'vitest';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { SCENE } from '../../src/ops/scenes';
import { topological } from '../../src/plan/graph';
import { type Tensor, trace } from '../../src/tensor/tensor';
import { type PretrainShape, pretrainInputs } from '../../src/train/pretrainInputs';

const sam = buildSam({ params: makeParams(1) }, samConfig('tiny', { imgSize: 64, patchSize: 8 }));
const shape: PretrainShape = { batch: 2, objects: 3, tokens: 2, auxiliary: true };

/** Shapes of what a step of this kind is shown, and the inputs that it is made from. */
function shown(s: PretrainShape): { shapes: Record<string, readonly number[]>; inputs: Record<string, string> } {
  return trace(() => {
    const { token, ...rest } = pretrainInputs(sam, s);
    const all: Record<string, Tensor> = { ...rest, ...token() };
    const leaves = topological(Object.values(all)).flatMap((t) => (t.leaf ? [t.leaf] : []));
    return {
      shapes: Object.fromEntries(Object.entries(all).map(([k, t]) => [k, t.shape])),
      inputs: Object.fromEntries(leaves.map((l) => [l.name, `${l.dtype} ${l.shape}`])),
    };
  });
}

test('drawn in the step or given to it, the model is shown the same shapes', () => {
  const given = shown(shape);
  expect(given.shapes).toEqual({
    image: [2, 3, 64, 64],
    points: [6, 2, 2],
    labels: [6, 2],
    target: [6, 1, 1024],
    ids: [2, 64],
    pure: [2, 64],
  });
  expect(Object.keys(given.inputs).sort()).toEqual(['ids', 'image', 'labels', 'points', 'pure', 'target']);
  const drawn = shown({ ...shape, drawn: { least: 13 } });
  expect(drawn.shapes).toEqual(given.shapes);
  expect(drawn.inputs).toEqual({ words: `u32 2,${SCENE.words}`, ask: 'u32 6,4' });
});

test('later rounds draw the same scenes but are told their prompts', () => {
  const { inputs } = shown({ ...shape, tokens: 3, mask: true, drawn: { least: 13 } });
  expect(Object.keys(inputs).sort()).toEqual(['ask', 'labels', 'points', 'words']);
});
