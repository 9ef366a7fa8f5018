import { deviceName, type Gpu } from '../gpu/device';
import { matmul } from '../ops/matmul';
import { transpose } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { tune } from '../plan/tune';
import type { Timing, Tuned } from '../plan/tuned';
import type { DType } from '../tensor/shape';
import { input } from '../tensor/tensor';
import { UsageError } from './flags';

/** A product A [m, k] · B [k, n]; which of the two lies transposed in memory, and how both are stored. */
export interface ProductCase {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly layout: 'nn' | 'nt' | 'tn';
  readonly dtype: 'f32' | 'f16';
}

/** What was seen of one variant on one case. `tflops` is null where it was not timed; `refused` then says why. */
export interface VariantRow extends Timing {
  readonly shape: string;
  readonly tflops: number | null;
}

/** Squares in f32 in all three layouts, and the plain layout with operands stored in 16 bits; transposed ones are not repeated at the largest size. */
export function squareCases(sizes: readonly number[]): ProductCase[] {
  const most = Math.max(...sizes);
  return sizes.flatMap((size) => {
    const layouts = size === most && sizes.length > 1 ? (['nn'] as const) : (['nn', 'nt', 'tn'] as const);
    const square = { m: size, k: size, n: size };
    return [
      ...layouts.map((layout) => ({ ...square, layout, dtype: 'f32' as const })),
      { ...square, layout: 'nn', dtype: 'f16' },
    ];
  });
}

/** Products by name, layout and extents M×K×N: `nt4096x768x3072,tn768x4096x192`. Throws for other texts. */
export function shapeCases(text: string): ProductCase[] {
  return text.split(',').map((name) => {
    const found = name.match(/^(nn|nt|tn)([1-9]\d{0,5})x([1-9]\d{0,5})x([1-9]\d{0,5})$/);
    if (!found) throw new UsageError(`--shapes: expected layout and M×K×N as in nt4096x768x3072, got ${name}`);
    const [m, k, n] = found.slice(2).map(Number);
    return { m, k, n, layout: found[1] as ProductCase['layout'], dtype: 'f32' };
  });
}

/**
 * Times every variant of the matrix product that the device can run, interleaved, on each case; each was compared with the
 * plain kernel on the same operands before. Variants that do not compile or deviate are listed with the reason. Prints a table as it
 * goes (`json`: the rows at the end).
 */
export async function benchVariants(
  gpu: Gpu,
  cases: readonly ProductCase[],
  rounds: number,
  json: boolean,
): Promise<VariantRow[]> {
  if (!json) console.log(`${deviceName(gpu.caps)}\nfeatures: ${gpu.caps.features.join(' ')}`);
  const rows: VariantRow[] = [];
  for (const c of cases) {
    const tuned = await tune(gpu, [() => outputsOf(c)], {
      rounds,
      us: 10_000,
      plan: { target: { software: false } },
    });
    const found = rowsOf(c, tuned);
    if (!json) console.log(variantsText(found));
    rows.push(...found);
  }
  if (json) console.log(JSON.stringify({ device: deviceName(gpu.caps), features: gpu.caps.features, rows }, null, 1));
  return rows;
}

function outputsOf({ m, k, n, layout, dtype }: ProductCase): Outputs {
  const of = (name: string, rows: number, columns: number, turned: boolean) => {
    const x = input(name, turned ? [columns, rows] : [rows, columns], dtype satisfies DType);
    return turned ? transpose(x) : x;
  };
  return { outputs: { y: matmul(of('a', m, k, layout === 'tn'), of('b', k, n, layout === 'nt')) } };
}

/** The rows of one case, fastest first; those that were refused come last. */
export function rowsOf(c: ProductCase, tuned: Tuned): VariantRow[] {
  const extents = c.m === c.k && c.k === c.n ? `${c.m}³` : `${c.m}×${c.k}×${c.n}`;
  const shape = `${c.dtype} ${c.layout} ${extents}`;
  const timings = Object.values(tuned.answers).flatMap((a) => a.timings);
  return timings
    .map((t) => ({ ...t, shape, tflops: t.us === null ? null : (2 * c.m * c.k * c.n) / t.us / 1e6 }))
    .sort((a, b) => (b.tflops ?? -1) - (a.tflops ?? -1));
}

/** A line per row. */
export function variantsText(rows: readonly VariantRow[]): string {
  return rows
    .map((r) => {
      const speed =
        r.tflops === null
          ? 'refused'.padStart(24)
          : `${r.us!.toFixed(1).padStart(10)} µs${r.tflops.toFixed(2).padStart(10)} T`;
      const why = r.refused ?? `error ${r.error?.toExponential(0)}`;
      return `${r.shape.padEnd(22)}${r.variant.padEnd(30)}${speed}  ${why}`;
    })
    .join('\n');
}
