import { expect, test } from 'vitest';
import { markdownTable, withSection, withTable } from '../../src/cli/benchRecord';

test('a new section comes before the older ones, after the introduction', () => {
  expect(withSection('# Results\n\nWords.\n', 'a', '## a\n')).toBe('# Results\n\nWords.\n\n## a\n');
  expect(withSection('# Results\n\n## a\n\nx\n', 'b', '## b')).toBe('# Results\n\n## b\n\n## a\n\nx\n');
});

test('a section with the same key is replaced where it stands, the others stay', () => {
  const text = '# Results\n\n## new · 1\n\nx\n\n## old\n\ny\n';
  expect(withSection(text, 'old', '## old\n\nz')).toBe('# Results\n\n## new · 1\n\nx\n\n## old\n\nz\n');
  expect(withSection(text, 'new', '## new · 2')).toBe('# Results\n\n## new · 2\n\n## old\n\ny\n');
});

test('a table goes between its marks, and nowhere without them', () => {
  const marked = 'a\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nb\n';
  expect(withTable(marked, '| t |')).toBe('a\n<!-- bench: begin -->\n| t |\n<!-- bench: end -->\nb\n');
  expect(withTable('a\nb\n', '| t |')).toBeNull();
});

test('cells of a table cannot break it', () => {
  expect(
    markdownTable([
      ['a', 'b'],
      ['x|y', 'p\nq'],
    ]),
  ).toBe('| a | b |\n| --- | --: |\n| x\\|y | p q |');
});
