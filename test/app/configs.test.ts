import { expect, test } from 'vitest';
import { ADAPTERS, modalitiesOf, OBJECTS, parseRun, parseView, runSchema } from '../../src/app/configs';
import { controlsOf } from '../../src/app/controls';
import { phantomClassesOf, phantomModalities } from '../../src/data/phantoms';
import { promptTokens } from '../../src/data/trainItems';

test('every default is written out, those of the adapter included', () => {
  const run = parseRun();
  expect(run).toMatchObject({ adapter: 'medsa', data: 'fundus', prompt: 'point-1', loss: 'bce+dice', seed: 1 });
  expect(run.options).toMatchObject({ ratio: 0.25, act: 'relu', scale: 0.5, init: 'zero' });
  expect(parseRun(run)).toEqual(run);
  const masks = { masks: 'auto', refine: true, hover: true };
  expect(parseView()).toEqual({
    ...masks,
    opacity: 0.45,
    outline: true,
    crosshair: true,
    truth: false,
    theme: 'system',
  });
});

test.each([
  [{ steps: 0 }, /steps/],
  [{ steps: 1.5 }, /steps/],
  [{ lr: -1 }, /lr/],
  [{ data: 'chest' }, /data/],
  [{ wrong: 1 }, /wrong/],
  [{ options: { ratio: 9 } }, /ratio/],
  [{ options: { width: 9 } }, /width/],
])('%j is refused by name', (config, words) => {
  expect(() => parseRun(config)).toThrow(words);
});

test('the view is checked, too', () => {
  expect(() => parseView({ opacity: 2 })).toThrow(/view configuration: opacity/);
});

test('every prompt on offer is one that training knows', () => {
  const [prompt] = controlsOf(runSchema).filter((c) => c.key === 'prompt');
  if (prompt.kind !== 'choice') throw new Error('prompt is no choice');
  expect(prompt.choices.map(promptTokens)).toEqual([2, 2, 4, 2, 2]);
});

test('objects are made of label values that the phantoms have', () => {
  for (const m of phantomModalities) {
    const values = phantomClassesOf(m).map((c) => c.value);
    for (const o of OBJECTS[m]) expect(values).toEqual(expect.arrayContaining([...o.values]));
  }
  expect(modalitiesOf('all')).toEqual(phantomModalities);
  expect(modalitiesOf('ultrasound')).toEqual(['ultrasound']);
});

test('options that the panel shows are options of the adapter', () => {
  for (const { kind, shown } of Object.values(ADAPTERS)) {
    expect(Object.keys(kind({}).config)).toEqual(expect.arrayContaining([...shown]));
  }
});
