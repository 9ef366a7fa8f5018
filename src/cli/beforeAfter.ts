import type { ParamCounts } from '../nn/params';
import { type CaseScore, summariseScores } from '../train/metrics/summary';

/** A row of the before/after table: means over `n` objects of a class, or over all. */
export interface ReportRow {
  readonly className: string;
  readonly n: number;
  readonly before: { readonly dice: number; readonly iou: number };
  readonly after: { readonly dice: number; readonly iou: number };
}

/** One row per class in order of appearance, then the mean of the class means, then the mean over all objects. */
export function reportRows(before: readonly CaseScore[], after: readonly CaseScore[]): ReportRow[] {
  const [a, b] = [summariseScores(before), summariseScores(after)];
  const pick = ({ dice, iou }: { dice: number; iou: number }) => ({ dice, iou });
  const rows = a.classes.map((c, i) => ({
    className: c.className,
    n: c.n,
    before: pick(c),
    after: pick(b.classes[i]),
  }));
  const all = { className: 'all objects', n: a.overall.n, before: pick(a.overall), after: pick(b.overall) };
  if (rows.length < 2) return [...rows, all];
  return [...rows, { className: 'mean of classes', n: rows.length, before: a.classMean, after: b.classMean }, all];
}

/** The table as aligned text. */
export function reportTable(rows: readonly ReportRow[]): string {
  const head = ['class', 'n', 'Dice before', 'Dice after', 'IoU before', 'IoU after'];
  const body = rows.map((r) => [
    r.className,
    String(r.n),
    ...[r.before.dice, r.after.dice, r.before.iou, r.after.iou].map((v) => v.toFixed(3)),
  ]);
  const widths = head.map((h, c) => Math.max(h.length, ...body.map((b) => b[c].length)));
  const line = (cells: readonly string[]) =>
    cells.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join('  ');
  const rule = widths.map((w) => '─'.repeat(w)).join('  ');
  const firstMean = rows.findIndex((r) => r.className === 'mean of classes' || r.className === 'all objects');
  const lines = body.map(line);
  return [line(head), rule, ...lines.slice(0, firstMean), rule, ...lines.slice(firstMean)].join('\n');
}

/** What trains, of how many: `trained 16,832 parameters of 437,000 (base + adapters), 4.00 % of the base`. */
export function countsText(c: ParamCounts): string {
  const n = (v: number) => v.toLocaleString('en-US');
  return `trained ${n(c.trained)} of ${n(c.total)} parameters (base and adapters), ${c.percent.toFixed(2)} % of the base`;
}
