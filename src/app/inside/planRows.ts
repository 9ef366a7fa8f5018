/** Rows of a plan sorted, filtered and as text. Pure. */
import type { PlanRow } from '../insideProtocol';

/** Columns of the table, in their order; `number`s lie on the right and sort by size. */
export const PLAN_COLUMNS = [
  { key: 'index', label: '#', about: 'Order in which it runs', number: true },
  { key: 'path', label: 'Path', about: 'Module that it belongs to', number: false },
  { key: 'op', label: 'Op', about: 'Operation, with what was fused into it', number: false },
  { key: 'variant', label: 'Kernel', about: 'Variant of the kernel that was chosen for this device', number: false },
  { key: 'shape', label: 'Result', about: 'Shape of the result', number: false },
  { key: 'bytes', label: 'KiB', about: 'Bytes that it must read and write', number: true },
  { key: 'flops', label: 'MFLOP', about: 'Floating-point operations', number: true },
  { key: 'micros', label: 'µs', about: 'Measured on this device', number: true },
] as const;

/** Name of a column. */
export type PlanColumn = (typeof PLAN_COLUMNS)[number]['key'];

/** A row with its place in the plan. */
export interface IndexedRow extends PlanRow {
  readonly index: number;
}

/** Order of the rows. */
export interface PlanOrder {
  readonly by: PlanColumn;
  readonly down: boolean;
}

/** Rows whose path, op, kernel or shape holds every word of `filter`, in `order`; equal ones in the plan's. */
export function planRows(rows: readonly PlanRow[], filter: string, { by, down }: PlanOrder): IndexedRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (r: PlanRow) => `${r.path} ${r.op} ${r.variant} ${r.shape}`.toLowerCase();
  const kept = rows.map((r, index) => ({ ...r, index })).filter((r) => words.every((w) => text(r).includes(w)));
  const compare = (a: IndexedRow, b: IndexedRow) => {
    const [x, y] = [a[by], b[by]];
    return typeof x === 'string' ? x.localeCompare(String(y)) : (x ?? -1) - Number(y ?? -1);
  };
  return kept.sort((a, b) => (down ? -compare(a, b) : compare(a, b)) || a.index - b.index);
}

/** A cell as people read it. */
export function planCell(row: IndexedRow, key: PlanColumn): string {
  switch (key) {
    case 'bytes':
      return (row.bytes / 1024).toFixed(1);
    case 'flops':
      return (row.flops / 1e6).toFixed(3);
    case 'micros':
      return row.micros === null ? '' : row.micros.toFixed(1);
    default:
      return String(row[key]);
  }
}

/** Sums of what is shown: dispatches, MiB, MFLOP, and ms where they were measured. */
export function planSums(rows: readonly PlanRow[]): string {
  const sum = (f: (r: PlanRow) => number) => rows.reduce((s, r) => s + f(r), 0);
  const parts = [
    `${rows.length} dispatches`,
    `${(sum((r) => r.bytes) / 2 ** 20).toFixed(1)} MiB moved`,
    `${(sum((r) => r.flops) / 1e6).toFixed(0)} MFLOP`,
  ];
  if (rows.some((r) => r.micros !== null)) parts.push(`${(sum((r) => r.micros ?? 0) / 1000).toFixed(2)} ms`);
  return parts.join(' · ');
}

/** The rows as CSV with whole bytes, FLOPs and microseconds. */
export function planCsv(rows: readonly IndexedRow[]): string {
  const head = ['index', 'path', 'op', 'kernel', 'shape', 'bytes', 'flops', 'microseconds'];
  const quoted = (v: string | number) =>
    /[",\n]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v);
  const body = rows.map((r) => [r.index, r.path, r.op, r.variant, r.shape, r.bytes, r.flops, r.micros ?? '']);
  return `${[head, ...body].map((line) => line.map(quoted).join(',')).join('\n')}\n`;
}
