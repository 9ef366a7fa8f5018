import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/cli/report/comparison';
import { overviewTable } from '../../../src/cli/report/tables';
import { comparisonCsv, comparisonMarkdown, tableHtml } from '../../../src/cli/report/tableText';
import { fakeRun } from './fixture';

const c = compareRuns([
  fakeRun('plain', 'fundus', 1, 0.7),
  fakeRun('=hyper|<b>, "x"', 'fundus', 1, 0.8, { trained: 1234567 }),
  fakeRun('plain', 'skin', 1, 0.5, { classes: ['lesion'] }),
]);

test('Markdown has every table, with bars escaped, the best bold, and a dash where an arm is missing', () => {
  const text = comparisonMarkdown(c, 'Arms');
  const lines = text.split('\n');
  expect(lines[0]).toBe('# Arms');
  expect(lines.filter((l) => l.startsWith('## '))).toEqual([
    '## All arms',
    '## fundus',
    '## fundus: by class',
    '## skin',
  ]);
  const hyper = lines.find((l) => l.startsWith('| =hyper'))!;
  expect(hyper).toContain('| =hyper\\|\\<b\\>, "x" | 1,234,567 | 282.5 | 42.3 | 286 MiB | 1 | **0.7');
  expect(hyper.endsWith('| – | – |')).toBe(true);
  for (const table of text.split('## ').slice(1)) {
    const bars = table.split('\n').filter((l) => l.startsWith('|'));
    expect(new Set(bars.map((l) => l.replace(/\\\|/g, '').split('|').length)).size).toBe(1);
  }
});

test('HTML says names as text', () => {
  const html = tableHtml(overviewTable(c));
  expect(html).toContain('=hyper|&lt;b&gt;, &quot;x&quot;');
  expect(html).not.toContain('<b>');
});

test('CSV has a line per class with full precision, no formula, and as many cells everywhere', () => {
  const lines = comparisonCsv(c).trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + 3 + 3 + 2);
  expect(lines.some((l) => l.startsWith(`"'=hyper|<b>, ""x""",fundus,disc,1,,24,24,`))).toBe(true);
  const cells = lines.map((l) => l.replace(/"(?:[^"]|"")*"/g, 'q').split(',').length);
  expect(new Set(cells).size).toBe(1);
  const [head, plain] = lines.map((l) => l.split(','));
  expect(Number(plain[head.indexOf('dice')])).toBe(c.results[0].scores.dice!.mean);
});

test('the released score stands in a table of its own, where somebody computed it', () => {
  const run = fakeRun('plain', 'skin', 1, 0.5, { classes: ['lesion'] });
  const cases = run.cases.map((row) => ({ ...row, releaseDice: 0.25, releaseIou: 0.125 }));
  const text = comparisonMarkdown(compareRuns([{ ...run, cases }]), 'Arms');
  expect(text).toContain('## skin: score of the released code');
  expect(text).toContain('| plain | 0.250 [0.250, 0.250] | 0.125 [0.125, 0.125] |');
  expect(text.split('## ')[2]).not.toContain('5 thresholds');
  expect(comparisonMarkdown(compareRuns([run]), 'Arms')).not.toContain('released');
});
