import { bytesMoved } from '../plan/dispatch';
import type { Step } from '../plan/step';
import { showShape } from '../tensor/shape';
import { alignedText } from './benchTable';
import type { Peaks } from './rooflinePeaks';

/** One dispatch: what it took, and what it would take at the device's peak. */
export interface KernelCost {
  /** Op and variant of its kernel. */
  readonly kind: string;
  readonly path: string;
  readonly shape: string;
  readonly us: number;
  readonly flops: number;
  /** Bytes that it must read and write. */
  readonly bytes: number;
  /** Roofline: the longer of its arithmetic at peak and its bytes at the bandwidth of a copy. */
  readonly roofUs: number;
  readonly bound: 'arithmetic' | 'memory';
}

/** Dispatches of one kind together. */
export interface KindCost {
  readonly kind: string;
  readonly count: number;
  readonly us: number;
  readonly flops: number;
  readonly bytes: number;
  readonly roofUs: number;
}

/** Profiled runs, of which the least time of every dispatch counts. */
const RUNS = 4;
/** Microseconds to which timestamps are rounded where they are. */
const ROUNDED = 65.536;
/** Of the shortest dispatches, where they are. */
const MOST_REPEATS = 500;

/** The dispatches of a compiled step in order, timed one by one. Throws where the device has no timestamp queries. */
export async function kernelCosts(step: Step, peaks: Peaks): Promise<KernelCost[]> {
  const least = await leastTimes((repeats) => step.profile(repeats));
  return step.plan.list.map((d, i): KernelCost => {
    const bytes = bytesMoved(d);
    const [arithmetic, memory] = [(d.flops / peaks.flops) * 1e6, (bytes / peaks.bytes) * 1e6];
    return {
      kind: `${d.op}/${d.kernel.variant}`,
      path: d.result.path,
      shape: showShape(d.result.shape),
      us: least[i],
      flops: d.flops,
      bytes,
      roofUs: Math.max(arithmetic, memory),
      bound: arithmetic > memory ? 'arithmetic' : 'memory',
    };
  });
}

/**
 * The least time of every dispatch over several runs of `profile`. Where timestamps are rounded (to 65.536 µs, as browsers and
 * Dawn do by default), dispatches are repeated until that does not matter. Throws where there are none.
 */
export async function leastTimes(
  profile: (repeats?: readonly number[]) => Promise<readonly number[] | null>,
): Promise<readonly number[]> {
  let [least, repeats]: [readonly number[] | null, number[] | undefined] = [null, undefined];
  for (let run = 0; run < RUNS; run++) {
    const micros = await profile(repeats);
    if (!micros) throw new Error('bench: kernels are timed by timestamp queries, which this device does not have');
    if (!repeats && micros.every(isRounded)) {
      repeats = micros.map((us) => Math.min(MOST_REPEATS, Math.ceil((20 * ROUNDED) / Math.max(us, 1))));
      continue;
    }
    least = least ? least.map((us, i) => Math.min(us, micros[i])) : micros;
  }
  return least!;
}

const isRounded = (us: number): boolean => Math.abs(us / ROUNDED - Math.round(us / ROUNDED)) < 1e-3;

/** Sums by `keyOf`, those first that lose most time to their roofline. */
export function costsBy(costs: readonly KernelCost[], keyOf: (c: KernelCost) => string): KindCost[] {
  const sums = new Map<string, KindCost>();
  for (const c of costs) {
    const key = keyOf(c);
    const { count, us, flops, bytes, roofUs } = sums.get(key) ?? { count: 0, us: 0, flops: 0, bytes: 0, roofUs: 0 };
    const sum = { us: us + c.us, flops: flops + c.flops, bytes: bytes + c.bytes, roofUs: roofUs + c.roofUs };
    sums.set(key, { kind: key, count: count + 1, ...sum });
  }
  return [...sums.values()].sort((a, b) => b.us - b.roofUs - (a.us - a.roofUs));
}

/** Sums as an aligned table: time, roofline, their ratio, what is lost, and the speed reached. */
export function kindText(kinds: readonly KindCost[], name = 'kernel'): string {
  const all = kinds.reduce((n, k) => n + k.us, 0);
  const head = [name, 'count', 'ms', '%', 'roofline', 'ratio', 'lost ms', 'GFLOP/s', 'GB/s'];
  const body = kinds.map((k) => [
    k.kind,
    `${k.count}`,
    (k.us / 1000).toFixed(3),
    ((100 * k.us) / all).toFixed(1),
    (k.roofUs / 1000).toFixed(3),
    `${(k.us / k.roofUs).toFixed(2)}×`,
    ((k.us - k.roofUs) / 1000).toFixed(3),
    (k.flops / k.us / 1000).toFixed(0),
    (k.bytes / k.us / 1000).toFixed(0),
  ]);
  return alignedText([head, ...body]);
}
