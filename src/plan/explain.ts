import { showShape } from '../tensor/shape';
import { bytesMoved } from './dispatch';
import type { PlanData } from './plan';

/** What one dispatch is, for people. */
export interface ExplainRow {
  readonly path: string;
  readonly op: string;
  readonly variant: string;
  readonly file: string;
  readonly shape: string;
  readonly bindings: number;
  /** Bytes that it must read and write. */
  readonly bytes: number;
  readonly flops: number;
  /** Planned object that holds the result; -1 for in-place effects. */
  readonly object: number;
}

/** A row per dispatch of the plan. */
export function explainRows(plan: PlanData): ExplainRow[] {
  return plan.list.map((d) => ({
    path: d.result.path,
    op: d.op,
    variant: d.kernel.variant,
    file: d.kernel.file,
    shape: showShape(d.result.shape),
    bindings: d.refs.length,
    bytes: bytesMoved(d),
    flops: d.flops,
    object: plan.placement.slots.get(d.result)?.object ?? -1,
  }));
}

/** Rows as an aligned text table; `micros` adds a column of times with percentages of `total` (their sum). */
export function explainText(
  rows: readonly ExplainRow[],
  micros?: readonly number[] | null,
  total = micros?.reduce((a, b) => a + b, 0) ?? 0,
): string {
  const head = ['#', 'path', 'op', 'variant', 'shape', 'KiB', 'MFLOP', ...(micros ? ['µs', '%'] : [])];
  const body = rows.map((r, i) => [
    String(i),
    r.path,
    r.op,
    r.variant,
    r.shape,
    (r.bytes / 1024).toFixed(0),
    (r.flops / 1e6).toFixed(2),
    ...(micros ? [micros[i].toFixed(0), ((100 * micros[i]) / total).toFixed(1)] : []),
  ]);
  const widths = head.map((h, c) => Math.max(h.length, ...body.map((b) => b[c].length)));
  const line = (cells: string[]) =>
    cells.map((c, i) => (i === 0 || i > 4 ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join('  ');
  return [line(head), ...body.map(line)].join('\n');
}
