import { writeFile } from 'node:fs/promises';
import { showBytes } from '../gpu/errors';
import { benchRows, type PeerOptions, say } from './benchPeers';
import { logPlot } from './benchPlot';
import type { BenchRow, EngineName } from './benchProtocol';
import { alignedText, ENGINE_NAMES } from './benchTable';
import type { Task, Workload } from './benchWorkloads';

/** A sweep: one extent grows, everything else stays. */
interface Sweep {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly points: readonly { readonly x: number; readonly task: Task }[];
}

/** Powers of two from `low` to `high`. */
function doublings(low: number, high: number): number[] {
  const out: number[] = [];
  for (let v = low; v <= high; v *= 2) out.push(v);
  return out;
}

const VIT = { dim: 192, heads: 3, blocks: 4, bottleneck: 48 };

function sweep(id: string, title: string, axis: string, xs: readonly number[], task: (x: number) => Task): Sweep {
  return { id, title, axis, points: xs.map((x) => ({ x, task: task(x) })) };
}

const SWEEPS: readonly Sweep[] = [
  sweep('tokens-forward', 'forward', 'tokens', doublings(64, 4096), (tokens) => ({
    kind: 'vit',
    work: 'forward',
    size: { ...VIT, tokens },
  })),
  sweep('tokens-adapters', 'adapter step', 'tokens', doublings(64, 4096), (tokens) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens },
  })),
  sweep('batch', 'adapter step, 196 tokens', 'batch', doublings(1, 16), (batch) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens: 196, batch },
  })),
  sweep('width', 'adapter step, 196 tokens', 'adapter width', doublings(4, 256), (bottleneck) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens: 196, bottleneck },
  })),
  sweep('depth', 'SD-Trans step of sam-nano, one volume', 'slices D', doublings(1, 16), (depth) => ({
    kind: 'slab',
    depth,
  })),
];

/** Names of the sweeps. */
export const SWEEP_IDS = SWEEPS.map((s) => s.id);

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

/** Which sweeps, and where the plot goes (SVG). */
export interface ScalingOptions extends Omit<PeerOptions, 'workloads' | 'cold'> {
  readonly sweeps: readonly string[];
  readonly plot?: string;
}

/** Runs the sweeps on the bench page and prints times, bytes and exponents; writes the log-log plot where asked. */
export async function benchScaling(options: ScalingOptions): Promise<void> {
  const chosen = SWEEPS.filter((s) => options.sweeps.includes(s.id));
  const workloads = chosen.flatMap((s) =>
    s.points.map(({ x, task }): Workload => ({ id: `${s.id}/${x}`, title: `${s.title}, ${s.axis} ${x}`, task })),
  );
  const result = await benchRows({ ...options, workloads, cold: false });
  const found = chosen.flatMap((s) => options.engines.flatMap((e) => fittedLine(s, e, result.rows)));
  const about = `${result.date} UTC · ${result.adapter} · ${result.browser} · load ${result.load}`;
  const text =
    options.format === 'json' ? JSON.stringify({ about, found }, null, 1) : `${about}\n\n${scalingText(found)}`;
  console.log(text);
  if (options.out) await writeFile(options.out, `${text}\n`);
  if (!options.plot) return;
  await writeFile(options.plot, plotOf(found));
  say(`plot in ${options.plot}`);
}

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
    const body = points.map((p) => [`${p.x}`, p.ms.toFixed(p.ms < 10 ? 2 : 1), showBytes(p.peak)]);
    const fitted = `ms ≈ c · x^${exponent.toFixed(2)} (last three points: ${lastExponent.toFixed(2)})`;
    return `${ENGINE_NAMES[engine]}: ${title}\n${alignedText([[axis, 'ms', 'most bytes'], ...body])}\n${fitted}`;
  });
  return blocks.join('\n\n');
}

function plotOf(found: readonly Scaling[]): string {
  const lines = found.map(({ sweep, engine, points, exponent }) => {
    const { title, axis } = sweepOf(sweep);
    const name = `${ENGINE_NAMES[engine]}, ${title} over ${axis}: x^${exponent.toFixed(2)}`;
    return { name, points: points.map(({ x, ms }) => ({ x, y: ms })) };
  });
  return logPlot({ title: 'Cost of a step', x: 'tokens, batch, adapter width, slices', y: 'ms', lines });
}
