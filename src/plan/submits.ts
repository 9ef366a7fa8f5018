import { bytesOf } from '../tensor/shape';
import type { Dispatch } from './dispatch';

/**
 * Work of one submit, in floating-point operations: a tenth of a second at 1 TFLOP/s. A compositor waits for what is
 * submitted, and drivers kill what takes seconds (two, on Windows).
 */
const WORK = 1e11;

/** Operations for which moving a byte stands: kernels without arithmetic take time, too. */
const PER_BYTE = 8;

function workOf(d: Dispatch): number {
  return d.flops + PER_BYTE * d.refs.reduce((n, r) => n + bytesOf(r.tensor), 0);
}

/** Submits that a step is cut into unless told otherwise: one, unless it is long. */
export function submitsFor(list: readonly Dispatch[]): number {
  const work = list.reduce((n, d) => n + workOf(d), 0);
  return Math.max(1, Math.min(list.length, Math.ceil(work / WORK)));
}

/**
 * The list cut into at most `submits` consecutive parts of about equal work: [start, end) of each, none empty. Throws when
 * `submits` is no positive integer.
 */
export function partsOf(list: readonly Dispatch[], submits: number): (readonly [number, number])[] {
  if (!Number.isInteger(submits) || submits < 1)
    throw new Error(`plan: submits must be a positive integer, got ${submits}`);
  const total = list.reduce((n, d) => n + workOf(d), 0);
  const out: [number, number][] = [];
  let done = 0;
  let start = 0;
  list.forEach((d, i) => {
    done += workOf(d);
    const due = (done * submits) / total >= out.length + 1;
    if ((due && out.length < submits - 1) || i === list.length - 1) {
      out.push([start, i + 1]);
      start = i + 1;
    }
  });
  return out;
}
