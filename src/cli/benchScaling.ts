import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { ownRow } from './benchOwn';
import { benchRows, loadText, type PeerOptions, say } from './benchPeers';
import { logPlot } from './benchPlot';
import type { BenchResult, BenchRow, EngineName } from './benchProtocol';
import { demandReal } from './benchReal';
import { BENCH_FOLDER, markdownTable, nowText, recordSection } from './benchRecord';
import { AFFORDABLE } from './benchRounds';
import { SWEEPS, type Sweep } from './benchSweeps';
import { alignedText, ENGINE_NAMES, rowLine } from './benchTable';
import type { Workload } from './benchWorkloads';
import { openRecalled } from './tunedHost';

/** A fitted line of one engine: times and bytes over the swept extent. */
export interface Scaling {
  readonly sweep: string;
  readonly engine: EngineName;
  readonly points: readonly { readonly x: number; readonly ms: number; readonly peak: number }[];
  /** Exponent p of ms ≈ c·xᵖ over all points, and over the last three. */
  readonly exponent: number;
  readonly lastExponent: number;
}

/** Least squares slope of log y over log x; NaN with fewer than two points. */
export function exponentOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const [xs, ys] = [points.map((p) => Math.log(p.x)), points.map((p) => Math.log(p.y))];
  const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const over = xs.reduce((n, x, i) => n + (x - mx) * (ys[i] - my), 0);
  return over / xs.reduce((n, x) => n + (x - mx) ** 2, 0);
}

/** Which sweeps, and where the plots go. */
export interface ScalingOptions extends Omit<PeerOptions, 'workloads' | 'cold' | 'rounds' | 'resume'> {
  readonly sweeps: readonly string[];
  /** By default what a sweep can afford. */
  readonly rounds?: number;
  /** Folder for the log-log plots (SVG). */
  readonly plot?: string;
}

/** Where and when a sweep ran. */
interface About {
  readonly date: string;
  readonly adapter: string;
  readonly where: string;
}

/**
 * Runs the sweeps, ours alone in Dawn, with peers on the bench page, and prints times, bytes and exponents; each sweep is said,
 * and with `record` kept in RESULTS.md with its plots, as soon as it is there.
 */
export async function benchScaling(options: ScalingOptions): Promise<void> {
  const chosen = SWEEPS.filter((s) => options.sweeps.includes(s.id));
  const peers = options.engines.length > 1;
  const gpu = peers ? null : await openRecalled(process.stderr);
  if (gpu) demandReal(gpu.caps, options.real);
  const date = nowText();
  const found: Scaling[] = [];
  let about: About = { date, adapter: gpu ? deviceName(gpu.caps) : '', where: 'Dawn in Node' };
  for (const s of chosen) {
    say(`${chosen.indexOf(s) + 1}/${chosen.length} ${s.title} over ${s.axis}`);
    const workloads = s.points.map(({ x, task }): Workload => ({ id: `${s.id}/${x}`, title: `${s.axis} ${x}`, task }));
    const rows = gpu ? await ownRows(gpu, workloads, options.rounds) : await peerRows(workloads, options);
    if (!Array.isArray(rows)) about = { ...about, adapter: rows.adapter, where: rows.browser };
    const list = Array.isArray(rows) ? rows : rows.rows;
    found.push(...options.engines.flatMap((e) => fittedLine(s, e, list)));
    await keep(found, about, options);
  }
  gpu?.destroy();
  const line = aboutText(about);
  console.log(
    options.format === 'json' ? JSON.stringify({ about: line, found }, null, 1) : `${line}\n\n${scalingText(found)}`,
  );
}

const peerRows = (workloads: readonly Workload[], options: ScalingOptions): Promise<BenchResult> =>
  benchRows({ ...options, resume: undefined, rounds: options.rounds ?? AFFORDABLE, workloads, cold: false });

async function ownRows(gpu: Gpu, workloads: readonly Workload[], rounds?: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const w of workloads) {
    const row = await ownRow(gpu, w, {}, rounds);
    say(`    ${w.title}: ${rowLine(row)}`);
    rows.push(row);
  }
  return rows;
}

const aboutText = ({ date, adapter, where }: About): string => `${date} · ${adapter} · ${where} · load ${loadText()}`;

async function keep(found: readonly Scaling[], about: About, { out, format, plot, record }: ScalingOptions) {
  const line = aboutText(about);
  const json = () => JSON.stringify({ about: line, found }, null, 1);
  if (out) await writeFile(out, `${format === 'json' ? json() : `${line}\n\n${scalingText(found)}`}\n`);
  const folder = plot ?? (record ? BENCH_FOLDER : null);
  const files = folder ? await writePlots(folder, found, about) : [];
  if (!record) return;
  const key = `${about.date} · scaling`;
  const images = plot ? [] : files.map((f) => `![log-log plot](${f})`);
  await recordSection(key, [`## ${line.replace(about.date, key)}`, ...scalingTables(found), ...images].join('\n\n'));
}

/** One plot for each axis, named by device; the names of the files. */
async function writePlots(folder: string, found: readonly Scaling[], { adapter }: About): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const device =
    adapter
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.slice(0, 2)
      .join('-') ?? 'gpu';
  const axes = [...new Set(found.map((f) => sweepOf(f.sweep).axis))];
  const files: string[] = [];
  for (const axis of axes) {
    const lines = found
      .filter((f) => sweepOf(f.sweep).axis === axis)
      .map(({ sweep, engine, points, exponent }) => ({
        name: `${ENGINE_NAMES[engine]}, ${sweepOf(sweep).title}: x^${exponent.toFixed(2)}`,
        points: points.map(({ x, ms }) => ({ x, y: ms })),
      }));
    const file = `scaling-${device}-${axis.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}.svg`;
    await writeFile(join(folder, file), logPlot({ title: `Cost of a step over ${axis}`, x: axis, y: 'ms', lines }));
    files.push(file);
  }
  return files;
}

/** A table per sweep with a column per point, for RESULTS.md. */
export function scalingTables(found: readonly Scaling[]): string[] {
  return found.map(({ sweep, engine, points, exponent, lastExponent }) => {
    const { title, axis } = sweepOf(sweep);
    const table = markdownTable([
      [axis, ...points.map((p) => `${p.x}`)],
      ['ms', ...points.map((p) => millis(p.ms))],
      ['most bytes', ...points.map((p) => showBytes(p.peak))],
    ]);
    return `### ${ENGINE_NAMES[engine]}: ${title}, x^${exponent.toFixed(2)} (last three points ${lastExponent.toFixed(2)})\n\n${table}`;
  });
}

const millis = (ms: number): string => ms.toFixed(ms < 10 ? 2 : 1);

function fittedLine(s: Sweep, engine: EngineName, rows: readonly BenchRow[]): Scaling[] {
  const points = s.points.flatMap(({ x }) => {
    const cell = rows.find((r) => r.id === `${s.id}/${x}`)?.cells[engine];
    return cell && 'ms' in cell ? [{ x, ms: cell.ms, peak: cell.peak }] : [];
  });
  if (!points.length) return [];
  const all = points.map(({ x, ms }) => ({ x, y: ms }));
  return [{ sweep: s.id, engine, points, exponent: exponentOf(all), lastExponent: exponentOf(all.slice(-3)) }];
}

const sweepOf = (id: string): Sweep => SWEEPS.find((s) => s.id === id)!;

/** A block per sweep: a row per point, the exponents below. */
export function scalingText(found: readonly Scaling[]): string {
  const blocks = found.map(({ sweep, engine, points, exponent, lastExponent }) => {
    const { title, axis } = sweepOf(sweep);
    const body = points.map((p) => [`${p.x}`, millis(p.ms), showBytes(p.peak)]);
    const fitted = `ms ≈ c · x^${exponent.toFixed(2)} (last three points: ${lastExponent.toFixed(2)})`;
    return `${ENGINE_NAMES[engine]}: ${title}\n${alignedText([[axis, 'ms', 'most bytes'], ...body])}\n${fitted}`;
  });
  return blocks.join('\n\n');
}
