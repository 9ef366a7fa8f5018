import { expect, test } from 'vitest';
import { readRunState, writeRunState } from '../../src/data/runState';
import { writeSafetensors } from '../../src/data/safetensors';

const state = {
  step: 17,
  p: Float32Array.of(1, -0, NaN),
  vectors: { m: Float32Array.of(1e-40, 2, 3), v: Float32Array.of(0, Infinity, 5), 'hook.0.rank': Float32Array.of(7) },
  layout: 'a@0+1\nb@1+2',
};
const extra = { seed: 3, best: 0.5, order: [2, 0, 1], rng: { seed: 3, stream: ['x'], counter: 9 } };
const bits = (a: Float32Array) => [...new Uint32Array(a.buffer, a.byteOffset, a.length)];

test('the best step comes back beside the state, and is no vector of it', async () => {
  const best = Float32Array.of(5, -0, 1e-40);
  const back = await readRunState(writeRunState({ state, extra, best }));
  expect(bits(back.best!)).toEqual(bits(best));
  expect(Object.keys(back.state.vectors).sort()).toEqual(['hook.0.rank', 'm', 'v']);
  expect((await readRunState(writeRunState({ state, extra }))).best).toBeUndefined();
});

test('a run comes back bit for bit', async () => {
  const back = await readRunState(writeRunState({ state, extra }));
  expect(back.extra).toEqual(extra);
  expect([back.state.step, back.state.layout]).toEqual([17, state.layout]);
  expect(bits(back.state.p)).toEqual(bits(state.p));
  expect(Object.keys(back.state.vectors).sort()).toEqual(['hook.0.rank', 'm', 'v']);
  for (const [key, v] of Object.entries(state.vectors)) expect(bits(back.state.vectors[key])).toEqual(bits(v));
});

test('what JSON would lose is refused when writing', () => {
  expect(() => writeRunState({ state, extra: { best: { dice: NaN } } })).toThrow(
    /dice is NaN, which a file cannot hold/,
  );
});

const vector = (name: string, n: number) => ({ name, dtype: 'F32', shape: [n], data: new Float32Array(n) });
const meta = { format: 'medsa-lab-run', version: '1', step: '3', layout: '', extra: '{}' };
const all = [vector('p', 2), vector('m', 2), vector('v', 2)];

test.each<[string, Blob, RegExp]>([
  ['a plain checkpoint', writeSafetensors(all), /no saved run/],
  ['another version', writeSafetensors(all, { ...meta, version: '2' }), /version 2, known is 1/],
  ['no step', writeSafetensors(all, { ...meta, step: '-1' }), /step or layout is missing/],
  ['no parameters', writeSafetensors(all.slice(1), meta), /vector p is missing/],
  [
    'a vector that is none',
    writeSafetensors([...all.slice(0, 2), { ...vector('v', 2), shape: [2, 1] }], meta),
    /vector v is missing or no list/,
  ],
  ['a broken record', writeSafetensors(all, { ...meta, extra: '{' }), /no JSON/],
  ['a record that is no object', writeSafetensors(all, { ...meta, extra: '3' }), /no JSON object/],
])('refuses %s', async (_what, blob, words) => {
  await expect(readRunState(blob, 'last')).rejects.toThrow(words);
  await expect(readRunState(blob, 'last')).rejects.toThrow(/^last: /);
});

test('a file cut anywhere is refused', async () => {
  const blob = writeRunState({ state, extra });
  for (let length = 0; length < blob.size; length += 7)
    await expect(readRunState(blob.slice(0, length), 'last')).rejects.toThrow(/^last: /);
});
