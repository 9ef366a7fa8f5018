import { expect, test } from 'vitest';
import { adamHyper, sgdHyper } from '../../src/ops/optim';
import { input, trace } from '../../src/tensor/tensor';
import { hyperOf, momentLeaves, optimise } from '../../src/train/optimiser';
import { type OPTIMISERS, TRAIN_DEFAULTS, type TrainConfig } from '../../src/train/trainConfig';
import { tinySam } from './tiny';

const layout = tinySam().params.layout();
const made = (changes: Partial<TrainConfig>) => {
  const config = { ...TRAIN_DEFAULTS, weightDecay: 0.25, ...changes };
  const moments = momentLeaves(config, layout.total);
  const effect = trace(() => optimise(config, layout, moments, input('g', [layout.total]), input('hyper', [4])));
  return { moments: [...moments.keys()], op: effect.op.name, attrs: effect.attrs };
};

test('each by name, with its moments and options', () => {
  const options = { beta1: 0.5, beta2: 0.75, eps: 1e-3, momentum: 0.625 };
  const adam = { beta1: 0.5, beta2: 0.75, eps: 1e-3, decay: 0.25, decayEnd: layout.decayEnd };
  const want: Record<(typeof OPTIMISERS)[number], unknown> = {
    adamw: { moments: ['m', 'v'], op: 'adam', attrs: { ...adam, decoupled: true } },
    adam: { moments: ['m', 'v'], op: 'adam', attrs: { ...adam, decoupled: false } },
    sgd: {
      moments: ['m'],
      op: 'sgd',
      attrs: { momentum: 0.625, dampening: 0, nesterov: false, decay: 0.25, decayEnd: layout.decayEnd },
    },
  };
  for (const [optimiser, what] of Object.entries(want)) {
    expect(made({ ...options, optimiser: optimiser as TrainConfig['optimiser'] })).toEqual(what);
  }
});

test('vectors are spared weight decay, unless all decay', () => {
  expect(layout.decayEnd).toBeGreaterThan(0);
  expect(layout.decayEnd).toBeLessThan(layout.total);
  const after = layout.slots.filter((s) => s.offset >= layout.decayEnd);
  expect(after.every((s) => s.shape.length === 1)).toBe(true);
  expect(layout.slots.length - after.length).toBe(layout.slots.filter((s) => s.shape.length > 1).length);
  expect(made({ decay: 'all' }).attrs).toMatchObject({ decayEnd: layout.total });
});

test('the numbers of a step', () => {
  expect(hyperOf({ ...TRAIN_DEFAULTS, beta1: 0.5 }, 0.1, 3)).toEqual(adamHyper(0.1, 3, 0.5, 0.999));
  expect(hyperOf({ ...TRAIN_DEFAULTS, optimiser: 'sgd' }, 0.1, 1)).toEqual(sgdHyper(0.1, 1));
});
