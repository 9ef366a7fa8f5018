import * as v from 'valibot';
import { expect, test } from 'vitest';
import { override } from '../../../src/train/experiment/overrides';
import { type AnySchema, kindsOf, schemaAt, wantedOf } from '../../../src/train/experiment/schemaWalk';

const schema = v.strictObject({
  n: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9))), null),
  on: v.optional(v.boolean(), false),
  kind: v.optional(v.union([v.picklist(['a', 'b']), v.array(v.string())]), 'a'),
  free: v.optional(v.record(v.string(), v.number()), {}),
  list: v.optional(v.array(v.strictObject({ name: v.string(), size: v.optional(v.number(), 1) })), []),
  text: v.optional(v.string(), ''),
}) as AnySchema;
const set = (assignment: string, raw = {}) => override(schema, raw, assignment);

test('a value is what the schema takes: number, null, switch, text, list, object', () => {
  expect(set('n=3')).toEqual({ n: 3 });
  expect(set('n=null')).toEqual({ n: null });
  expect(set('on=true')).toEqual({ on: true });
  expect(set('text=true')).toEqual({ text: 'true' });
  expect(set('text=a=b')).toEqual({ text: 'a=b' });
  expect(set('kind=["x","y"]')).toEqual({ kind: ['x', 'y'] });
  expect(set('kind=b')).toEqual({ kind: 'b' });
  expect(set('free.x=2', { free: { y: 1 } })).toEqual({ free: { y: 1, x: 2 } });
  expect(set('list=[{"name":"q"}]')).toEqual({ list: [{ name: 'q' }] });
});

test('entries of lists by number or by name; the rest stays as it is', () => {
  const raw = { list: [{ name: 'q' }, { name: 'r', size: 5 }], on: true };
  expect(set('list.1.size=2', raw)).toEqual({ ...raw, list: [{ name: 'q' }, { name: 'r', size: 2 }] });
  expect(set('list.q.size=3', raw)).toEqual({
    ...raw,
    list: [
      { name: 'q', size: 3 },
      { name: 'r', size: 5 },
    ],
  });
  expect(raw.list[0]).toEqual({ name: 'q' });
  expect(() => set('list.s.size=3', raw)).toThrow('list.s');
  expect(() => set('list.0.size=3')).toThrow('the list is empty');
});

test('what the schema wants, in words', () => {
  const at = (...path: string[]) => schemaAt(schema, { list: [{ name: 'q' }] }, path)!;
  expect(wantedOf(at('n'), undefined)).toBe('a whole number of at least 1 and at most 9 or null');
  expect(wantedOf(at('kind'), undefined)).toBe('one of a, b or a list (each text)');
  expect(wantedOf(at('on'), undefined)).toBe('true or false');
  expect(wantedOf(at('list', '0'), undefined)).toBe('an object with name, size');
  expect([...kindsOf(at('n'), undefined)].sort()).toEqual(['null', 'number']);
  expect(schemaAt(schema, {}, ['nothing'])).toBe(null);
  expect(() => set('n=x')).toThrow("--set n: expected a whole number of at least 1 and at most 9 or null, got 'x'");
  expect(() => set('on=yes')).toThrow("--set on: expected true or false, got 'yes'");
});
