import { showBytes } from '../gpu/errors';
import { barLines, lead } from './benchBar';
import { phaseRows } from './benchPhases';
import type { BenchResult, BenchRow, Cell, EngineName } from './benchProtocol';
import { markdownTable } from './benchRecord';

/** Names for people. */
export const ENGINE_NAMES: Record<EngineName, string> = {
  ours: 'medsa-lab',
  jax: 'jax-js',
  tfjs: 'tfjs-webgpu',
  ort: 'onnxruntime-web',
};

/** Three significant digits, no exponent. */
function ms(v: number): string {
  return v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toFixed(2);
}

const count = (v: number): string => (Number.isInteger(v) ? `${v}` : v.toFixed(1));

function costs(cell: Cell | undefined): string {
  if (!cell || !('ms' in cell)) return '–';
  return `${count(cell.dispatches)} / ${count(cell.submits)} / ${count(cell.created)} / ${showBytes(cell.peak)}`;
}

/** A row in one line, for those who watch. */
export function rowLine({ cells }: BenchRow): string {
  const said = Object.entries(cells).map(([name, c]) =>
    'ms' in c
      ? `${name} ${ms(c.ms)} ms${name === 'ours' ? '' : ` (off by ${c.error.toExponential(0)})`}`
      : `${name} ${c.none}`,
  );
  return said.join(' · ');
}

/** The result as tables of texts: times, costs, starts; the first row of each is its head. */
export function benchTables(result: BenchResult): { title: string; rows: string[][] }[] {
  const engines = Object.keys(result.versions) as EngineName[];
  const heads = engines.map((e) => `${ENGINE_NAMES[e]} ${result.versions[e]}`);
  const marks = notesOf(result);
  const mark = (note?: string) => (note ? ` [${marks.indexOf(note) + 1}]` : '');
  const time = (cell: Cell | undefined) => (!cell ? '–' : 'ms' in cell ? ms(cell.ms) + mark(cell.note) : cell.none);
  const times = result.rows.map((r) => {
    const by = lead(result, r.id);
    return [r.title, ...engines.map((e) => time(r.cells[e])), by === null ? '–' : `${by.toFixed(2)}×`];
  });
  const tables = [
    { title: 'Milliseconds a step, best of rounds', rows: [['workload', ...heads, 'fastest peer / ours'], ...times] },
    {
      title: 'A step in steady state: dispatches / submits / new GPU objects / most bytes in buffers',
      rows: [['workload', ...heads], ...result.rows.map((r) => [r.title, ...engines.map((e) => costs(r.cells[e]))])],
    },
  ];
  const bar = barLines(result);
  const said = bar.map((l) => [l.line, l.want, l.got, l.met === null ? 'not measured' : l.met ? 'yes' : 'no']);
  if (bar.some((l) => l.met !== null))
    tables.push({ title: 'The bar', rows: [['line', 'wanted', 'measured', 'met'], ...said] });
  const cold = engines.flatMap((e) => (result.cold[e] ? [[ENGINE_NAMES[e], result.cold[e]] as const] : []));
  if (!cold.length) return tables;
  const starts = cold.map(([name, c]) => [
    name,
    ms(c.ms),
    showBytes(c.scriptGzip),
    c.wasmGzip ? showBytes(c.wasmGzip) : '–',
  ]);
  const head = ['engine', 'page load → first ViT forward, ms', 'scripts loaded, gzip', 'wasm loaded, gzip'];
  const phases = phaseRows(result.cold);
  const cut = phases.length ? [{ title: 'Cold start, by phases, ms', rows: phases }] : [];
  return [...tables, { title: 'Cold start', rows: [head, ...starts] }, ...cut];
}

/** What had to be done for some cells, each once; cells refer to it by its number. */
function notesOf({ rows }: BenchResult): string[] {
  const cells = rows.flatMap((r) => Object.values(r.cells));
  return [...new Set(cells.flatMap((c) => ('ms' in c && c.note ? [c.note] : [])))];
}

const notesText = (result: BenchResult): string[] => {
  const notes = notesOf(result).map((note, i) => `[${i + 1}] ${note}`);
  return notes.length ? [notes.join('\n')] : [];
};

function conditions(r: BenchResult): string {
  const bundle = r.bundle === null ? '' : `; engine + SAM ${(r.bundle / 1024).toFixed(1)} KiB gzip`;
  return `${r.date} UTC · ${r.adapter} · ${r.browser} · load ${r.load}${bundle}`;
}

/** Rows as columns: the first to the left, the others to the right. */
export function alignedText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((r) => r[c].length)));
  const line = (r: readonly string[]) => r.map((t, c) => (c ? t.padStart(widths[c]) : t.padEnd(widths[c]))).join('  ');
  return rows.map(line).join('\n');
}

/** For a terminal. */
export function benchText(result: BenchResult): string {
  const tables = benchTables(result).map(({ title, rows }) => `${title}\n${alignedText(rows)}`);
  return [conditions(result), ...tables, ...notesText(result)].join('\n\n');
}

/** For RESULTS.md. */
export function benchMarkdown(result: BenchResult): string {
  const tables = benchTables(result).map(({ title, rows }) => `### ${title}\n\n${markdownTable(rows)}`);
  return [`## ${conditions(result)}`, ...tables, ...notesText(result)].join('\n\n');
}

/** The result with the bar, for programs. */
export const benchJson = (result: BenchResult): string => JSON.stringify({ ...result, bar: barLines(result) }, null, 1);

/** A short table for README.md: every workload against its fastest peer, then the other lines of the bar. */
export function benchReadme(result: BenchResult): string {
  const bar = barLines(result);
  const leads = result.rows.flatMap(({ id, title }) => {
    const by = lead(result, id);
    const wanted = bar.find((l) => l.id === id)?.want ?? '–';
    return by === null ? [] : [[title, `${by.toFixed(2)}×`, wanted]];
  });
  const rest = bar.flatMap((l) => (l.id || l.met === null ? [] : [[l.line, l.got, l.want]]));
  const about = `Measured ${result.date} UTC on ${result.adapter}, ${result.browser}; times: fastest of ${peerNames(result)} over ours, so more is better.`;
  return `${markdownTable([['workload', 'measured', 'bar'], ...leads, ...rest])}\n\n${about}`;
}

const peerNames = ({ versions }: BenchResult): string =>
  (Object.keys(versions) as EngineName[])
    .filter((e) => e !== 'ours')
    .map((e) => `${ENGINE_NAMES[e]} ${versions[e]}`)
    .join(', ');
