import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ADAPTERS } from '../../src/adapters/all';
import { dataOptions, viewSchema, volumeOptions } from '../../src/app/configs';
import { controlsOf, meantBy } from '../../src/app/controls';
import { HINTS } from '../../src/app/hints';
import { trainSchema } from '../../src/train/trainConfig';

test('each kind of field becomes a control with its bounds', () => {
  const schema = v.strictObject({
    on: v.optional(v.boolean(), true),
    kind: v.optional(v.picklist(['a', 'b']), 'b'),
    n: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9)), 3),
    x: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.5),
    list: v.optional(v.array(v.number()), []),
    maybe: v.optional(v.nullable(v.number()), null),
    word: v.optional(v.pipe(v.string(), v.minLength(1)), 'q,v'),
  });
  expect(controlsOf(schema)).toEqual([
    { key: 'on', kind: 'flag', value: true },
    { key: 'kind', kind: 'choice', value: 'b', choices: ['a', 'b'] },
    { key: 'n', kind: 'number', value: 3, whole: true, min: 1, max: 9 },
    { key: 'x', kind: 'number', value: 0.5, whole: false, min: 0 },
    { key: 'maybe', kind: 'text', value: '', number: true },
    { key: 'word', kind: 'text', value: 'q,v', number: false },
  ]);
  const [maybe, word] = controlsOf(schema).slice(-2);
  expect([meantBy(maybe, ' '), meantBy(maybe, '3'), meantBy(word, '3')]).toEqual([null, 3, '3']);
});

test('a schema that is no object is refused', () => {
  expect(() => controlsOf(v.string())).toThrow(/no object/);
});

test('named values and ranges of the hints are values that the schemas take', () => {
  const adapters = [...ADAPTERS.values()].map((kind) => kind.schema);
  const all = [trainSchema, dataOptions, volumeOptions, viewSchema, ...adapters].flatMap((s) =>
    controlsOf(s as v.GenericSchema),
  );
  for (const c of all) {
    const hint = HINTS[c.key];
    if (!hint) continue;
    if (c.kind === 'choice' && hint.choices) expect(Object.values(hint.choices).sort()).toEqual([...c.choices].sort());
    if (c.kind !== 'number') continue;
    const values = [...Object.values(hint.choices ?? {}), ...(hint.range ?? []).slice(0, 2)] as number[];
    for (const value of values) {
      expect(value).toBeGreaterThanOrEqual(c.min ?? Number.NEGATIVE_INFINITY);
      expect(value).toBeLessThanOrEqual(c.max ?? Number.POSITIVE_INFINITY);
    }
    if (hint.choices) expect(Object.values(hint.choices)).toContain(c.value);
  }
  expect(all.length).toBeGreaterThan(60);
});

test('every option of every adapter has a control and words', () => {
  for (const { adapterName, schema } of ADAPTERS.values()) {
    const shown = controlsOf(schema).map((c) => c.key);
    const entries = 'entries' in schema ? Object.keys(schema.entries as object) : [];
    expect(shown, adapterName).toEqual(entries);
  }
});
