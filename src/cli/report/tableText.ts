// Tables as Markdown, HTML and, tidy for other programs, CSV.

import { METRICS } from '../../data/experiment/runSummary';
import type { Comparison } from './comparison';
import { type Cell, classTable, datasetTable, overviewTable, releaseTable, type Table } from './tables';

/** A text that means nothing to HTML. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (c) => names[c]);
}

/** A text that means nothing to a Markdown table. */
const escapeMarkdown = (text: string) => text.replace(/[\\|*_`<>[\]]/g, '\\$&').replace(/\s+/g, ' ');

const cellMarkdown = ({ text, more, best }: Cell): string => {
  // What qualifies a number is made of numbers: brackets in it are no link.
  const all = more ? `${escapeMarkdown(text)} ${more}` : escapeMarkdown(text);
  return best ? `**${all}**` : all;
};

const cellHtml = ({ text, more, best }: Cell): string => {
  const after = more ? ` <small>${escapeHtml(more)}</small>` : '';
  return `<td${best ? ' class="best"' : ''}>${escapeHtml(text)}${after}</td>`;
};

/** One table in Markdown; the best of a column is bold. */
export function tableMarkdown({ title, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) => line(row.map(cellMarkdown)));
  return [
    `## ${escapeMarkdown(title)}`,
    '',
    line(columns.map(escapeMarkdown)),
    line(columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...body,
    ...notes.flatMap((note) => ['', escapeMarkdown(note)]),
    '',
  ].join('\n');
}

/** One table in HTML. */
export function tableHtml({ columns, rows, notes }: Table): string {
  const head = columns.map((c) => `<th scope="col">${escapeHtml(c)}</th>`).join('');
  const body = rows.map((row) => {
    const [name, ...cells] = row;
    const rest = cells.map(cellHtml).join('');
    return `<tr><th scope="row">${escapeHtml(name.text)}</th>${rest}</tr>`;
  });
  const after = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody></table></div>\n${after}`;
}

/** All tables: overview, every data set, its classes. */
export function allTables(c: Comparison): Table[] {
  return [
    overviewTable(c),
    ...c.datasets.flatMap((d) => [datasetTable(c, d), classTable(c, d) ?? [], releaseTable(c, d) ?? []].flat()),
  ];
}

/** The whole comparison in Markdown. */
export function comparisonMarkdown(c: Comparison, title: string): string {
  return [`# ${escapeMarkdown(title)}`, '', ...allTables(c).map(tableMarkdown)].join('\n');
}

/** One line per arm, data set and class, with `(mean of classes)` first: full precision, empty where there is no number. */
export function comparisonCsv(c: Comparison): string {
  const metricColumns = METRICS.flatMap(({ key }) => [
    key,
    `${key}_low`,
    `${key}_high`,
    `${key}_difference`,
    `${key}_p`,
    `${key}_p_holm`,
  ]);
  const columns = [
    ...[
      'arm',
      'dataset',
      'class',
      'seeds',
      'dice_of_seeds',
      'cases',
      'objects',
      'one_empty',
      'both_empty',
      'unit',
      'tolerance',
    ],
    ...metricColumns,
    ...['against', 'trained', 'total', 'percent', 'steps', 'ms_per_step', 'seconds', 'peak_bytes', 'device'],
  ];
  const lines = c.results.flatMap((result) => csvRows(c, result));
  return `${[columns, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

type CsvValue = string | number | null | undefined;

function csvRows(c: Comparison, result: Comparison['results'][number]): CsvValue[][] {
  const { runs } = result;
  const [run] = runs;
  const seconds = runs.reduce((sum, r) => sum + r.seconds, 0);
  const known = (values: (number | null)[]) => values.filter((v): v is number => v !== null).sort((a, b) => a - b);
  const times = known(runs.map((r) => r.msPerStep));
  const peaks = known(runs.map((r) => r.peakBytes));
  const { trained, total, percent } = run.parameters;
  const cost = [trained, total, percent, run.steps, times[times.length >> 1], seconds, peaks[peaks.length - 1]];
  const end = [c.against, ...cost, run.device];
  const seeds = runs.map((r) => r.seed).join(' ');
  const units = [run.unit, run.tolerance];
  const whole = METRICS.flatMap(({ key }) => {
    const s = result.scores[key];
    return [s?.mean, s?.interval?.[0], s?.interval?.[1], s?.test?.difference, s?.test?.p, s?.test?.corrected];
  });
  const counts = (r: { objects: number; oneEmpty: number; bothEmpty: number }) => [r.objects, r.oneEmpty, r.bothEmpty];
  const start = [result.arm, result.dataset];
  const ofSeeds = result.seedDice.join(' ');
  return [
    [...start, '(mean of classes)', seeds, ofSeeds, result.cases, ...counts(result), ...units, ...whole, ...end],
    ...result.classes.map((k) => {
      const scores = METRICS.flatMap(({ key }) => {
        const s = k.scores[key];
        return [s?.mean, s?.interval?.[0], s?.interval?.[1], null, null, null];
      });
      return [...start, k.className, seeds, '', result.cases, ...counts(k), ...units, ...scores, ...end];
    }),
  ];
}

/** Quoted where it must be. A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function csvCell(value: CsvValue): string {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
