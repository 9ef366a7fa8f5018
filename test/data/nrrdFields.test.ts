import { expect, test } from 'vitest';
import { namesOf, need, parseFields } from '../../src/data/nrrdFields';

const text = [
  'NRRD0004',
  '# a comment',
  'type: short',
  'DataFile: a.raw',
  'Segment0_LabelValue:=3',
  'Segment0_Name:=liver, left',
  'Segment1_Name:=no value',
  'other:=x',
].join('\n');

test('fields, and what 3D Slicer calls its segments', () => {
  const fields = parseFields(text, 'a.nrrd');
  expect(need(fields, 'type', 'a.nrrd')).toBe('short');
  expect(fields.get('data file')).toBe('a.raw');
  expect(fields.has('other')).toBe(false);
  expect([...namesOf(fields)]).toEqual([[3, 'liver, left']]);
});

test('what is no header, and what is missing', () => {
  expect(() => parseFields('NRRD0009\n', 'a.nrrd')).toThrow(/begins with "NRRD0009"/);
  expect(() => need(parseFields(text, 'a.nrrd'), 'sizes', 'a.nrrd')).toThrow(/has no "sizes"/);
});
