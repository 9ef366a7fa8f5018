// Numbers as a report writes them. A dash stands where there is none.
import type { Estimate } from '../../train/stats/bootstrap';

/** What stands for a missing number. */
export const DASH = '–';

/** 16,832. */
export function showCount(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** Three digits after the point for scores, two for distances. */
export function showValue(x: number, key: string): string {
  return Number.isFinite(x) ? x.toFixed(key === 'hd95' ? 2 : 3).replace('-', '−') : DASH;
}

/** `[0.861, 0.902]`; empty without an interval. */
export function showInterval({ interval }: Estimate, key: string): string {
  return interval ? `[${interval.map((v) => showValue(v, key)).join(', ')}]` : '';
}

/** `0.883 [0.861, 0.902]`; without an interval the mean alone. */
export function showEstimate(estimate: Estimate, key: string): string {
  return `${showValue(estimate.mean, key)} ${showInterval(estimate, key)}`.trimEnd();
}

/** `0.012`, `<0.001`. */
export function showP(p: number | null): string {
  return p === null ? DASH : p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** A difference with its sign. */
export function showDifference(x: number, key: string): string {
  return `${x < 0 ? '' : '+'}${showValue(x, key)}`;
}

/** Two digits that count. */
export function showPercent(p: number): string {
  return p === 0 ? '0' : p >= 10 ? p.toFixed(1) : p >= 1 ? p.toFixed(2) : p.toPrecision(2);
}

/** Bytes in powers of 1024. */
export function showBytes(n: number | null): string {
  if (n === null) return DASH;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let k = 0;
  let value = n;
  for (; value >= 1024 && k < units.length - 1; k++) value /= 1024;
  return `${k === 0 ? value : value.toPrecision(3)} ${units[k]}`;
}

/** Milliseconds: three digits that count. */
export function showMs(ms: number | null): string {
  return ms === null ? DASH : ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}

/** Median of some numbers; null for none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const k = sorted.length >> 1;
  return sorted.length % 2 ? sorted[k] : (sorted[k - 1] + sorted[k]) / 2;
}
