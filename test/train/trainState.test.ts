import { expect, test } from 'vitest';
import { checkState, layoutText, type TrainState } from '../../src/train/trainState';
import { tinySam } from './tiny';

const layout = tinySam().params.layout();
const vector = () => new Float32Array(layout.total);
const state: TrainState = {
  step: 3,
  p: vector(),
  vectors: { m: vector(), v: vector() },
  layout: layoutText(layout),
};
const lengths = new Map([
  ['m', layout.total],
  ['v', layout.total],
]);
const check = (s: TrainState) => checkState(s, layout, lengths);

test('the state of the same model fits', () => {
  check(state);
  check({ ...state, layout: layoutText(tinySam(9).params.layout()) });
});

test('another model, other lengths, a step that is none: refused with the first difference', () => {
  const all = tinySam();
  all.params.reopen();
  all.params.train(() => true);
  expect(() => check({ ...state, layout: layoutText(all.params.layout()) })).toThrow(
    /its parameter 0 is image_encoder\.\S+, here it is image_encoder\.blocks\.0\.Space_Adapter\.D_fc1\.weight@0\+64/,
  );
  const shorter = state.layout.split('\n').slice(0, -1).join('\n');
  expect(() => check({ ...state, layout: shorter })).toThrow('is missing, here it is');
  expect(() => check({ ...state, layout: `${state.layout}\nmore@9+9` })).toThrow('is more@9+9, here it is missing');
  expect(() => check({ ...state, vectors: { ...state.vectors, v: new Float32Array(1) } })).toThrow(
    `v has 1 values, expected ${layout.total}`,
  );
  expect(() => check({ ...state, vectors: { m: vector() } })).toThrow(
    'has m beside the parameters, expected m, v; resume with the optimiser',
  );
  expect(() => check({ ...state, step: -1 })).toThrow('step -1 is no whole number');
});
