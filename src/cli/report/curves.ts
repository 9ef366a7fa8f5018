// Curves of runs as lines of a chart: seeds averaged, long curves binned.

import type { CurvePoint, RunSummary } from '../../data/experiment/runSummary';
import type { Line } from './lineChart';

/** A line is drawn with at most so many points; noise between them is averaged. */
const POINTS = 120;

/** Mean and range over the seeds of each arm, as lines; `colours` gives each arm its place in the palette. */
export function curveLines(
  runs: readonly RunSummary[],
  key: 'loss' | 'dice',
  colours: ReadonlyMap<string, number>,
): Line[] {
  const arms = [...new Set(runs.map((r) => r.arm))];
  return arms.map((arm) => {
    const curves = runs.filter((r) => r.arm === arm).map((r) => valuesOf(r.curve, key));
    return { name: arm, colour: colours.get(arm) ?? 0, points: overSeeds(curves.filter((c) => c.length > 0)) };
  });
}

/** Steps and values of one curve; where there are too many, means of equally long pieces. */
function valuesOf(curve: readonly CurvePoint[], key: 'loss' | 'dice'): { x: number; y: number }[] {
  const points = curve.flatMap((p) => (p[key] === undefined ? [] : [{ x: p.step, y: p[key] }]));
  if (points.length <= POINTS) return points;
  const size = Math.ceil(points.length / POINTS);
  const mean = (piece: typeof points, axis: 'x' | 'y') => piece.reduce((sum, p) => sum + p[axis], 0) / piece.length;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const piece = points.slice(i * size, (i + 1) * size);
    return { x: mean(piece, 'x'), y: mean(piece, 'y') };
  });
}

/** Points at the steps that all seeds have (those of the longest curve where they share none). */
function overSeeds(curves: readonly { x: number; y: number }[][]): Line['points'] {
  const byStep = new Map<number, number[]>();
  for (const { x, y } of curves.flat()) byStep.set(x, [...(byStep.get(x) ?? []), y]);
  const steps = [...byStep].sort(([a], [b]) => a - b);
  const shared = steps.filter(([, ys]) => ys.length === curves.length);
  const longest = new Set(
    curves.reduce((best, c) => (c.length > best.length ? c : best), curves[0] ?? []).map((p) => p.x),
  );
  return (shared.length ? shared : steps.filter(([x]) => longest.has(x))).map(([x, ys]) => ({
    x,
    y: ys.reduce((sum, v) => sum + v, 0) / ys.length,
    low: Math.min(...ys),
    high: Math.max(...ys),
  }));
}
