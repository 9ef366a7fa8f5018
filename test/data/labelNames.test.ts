import { expect, test } from 'vitest';
import { cleanName, MAX_LABEL_TEXT, readLabelNames, writeLabelNames } from '../../src/data/labelNames';

const labels = [
  { value: 1, name: 'optic disc', colour: [0, 158, 115] as const },
  { value: 7, name: 'Läsion <script>alert(1)</script> 病変' },
];

test('what is written is read', () => {
  expect([...readLabelNames(writeLabelNames(labels))!.values()]).toEqual(labels);
});

test('other texts, damaged and very long ones say nothing', () => {
  const text = writeLabelNames(labels);
  expect(readLabelNames('')).toBeNull();
  expect(readLabelNames('{"labels": []}')).toBeNull();
  expect(readLabelNames(text.slice(0, -2))).toBeNull();
  expect(readLabelNames(text.replace('"value":1', '"value":-1'))).toBeNull();
  expect(readLabelNames(text.replace('"value":1', '"value":1e9'))).toBeNull();
  expect(readLabelNames(text.replace('158', '300'))).toBeNull();
  expect(readLabelNames(text.replace('"optic disc"', '["optic disc"]'))).toBeNull();
  expect(readLabelNames(text.padEnd(MAX_LABEL_TEXT + 1))).toBeNull();
  expect(readLabelNames(text.replace('optic', '__proto__'))?.get(1)?.name).toBe('__proto__ disc');
});

test('names are short and on one line, in any language', () => {
  expect(cleanName('a\n\tb\u202ec\u0000')).toBe('a b c');
  expect(cleanName('x'.repeat(10_000_000))).toHaveLength(80);
  expect(cleanName('می\u200cخواهم')).toBe('می\u200cخواهم');
  // A character of two halves is not cut in two.
  expect(cleanName(`${'x'.repeat(79)}😀`)).toBe('x'.repeat(79));
  expect(cleanName(' \n ')).toBe('');
  expect(writeLabelNames([{ value: 1, name: 'n'.repeat(1e6) }]).length).toBeLessThan(300);
});
