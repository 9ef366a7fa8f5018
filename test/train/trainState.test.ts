import { expect, test } from 'vitest';
import { checkState, layoutText, type TrainState } from '../../src/train/trainState';
import { tinySam } from './tiny';

const layout = tinySam().params.layout();
const vector = () => new Float32Array(layout.total);
const state: TrainState = { step: 3, p: vector(), m: vector(), v: vector(), layout: layoutText(layout) };

test('the state of the same model fits', () => {
  checkState(state, layout);
  checkState({ ...state, layout: layoutText(tinySam(9).params.layout()) }, layout);
});

test('another model, other lengths, a step that is none: refused with the first difference', () => {
  const all = tinySam();
  all.params.reopen();
  all.params.train(() => true);
  expect(() => checkState({ ...state, layout: layoutText(all.params.layout()) }, layout)).toThrow(
    /its parameter 0 is image_encoder\.\S+, here it is image_encoder\.blocks\.0\.Space_Adapter\.D_fc1\.weight@0\+64/,
  );
  const shorter = state.layout.split('\n').slice(0, -1).join('\n');
  expect(() => checkState({ ...state, layout: shorter }, layout)).toThrow('is missing, here it is');
  expect(() => checkState({ ...state, layout: `${state.layout}\nmore@9+9` }, layout)).toThrow(
    'is more@9+9, here it is missing',
  );
  expect(() => checkState({ ...state, v: new Float32Array(1) }, layout)).toThrow(
    `v has 1 values, expected ${layout.total}`,
  );
  expect(() => checkState({ ...state, step: -1 }, layout)).toThrow('step -1 is no whole number');
});
