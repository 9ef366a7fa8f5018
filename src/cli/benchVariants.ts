import { deviceName, type Gpu } from '../gpu/device';
import { matmul } from '../ops/matmul';
import { transpose } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { tune } from '../plan/tune';
import type { Timing, Tuned } from '../plan/tuned';
import type { DType } from '../tensor/shape';
import { input } from '../tensor/tensor';

/** A product A [size, size] · B [size, size]; which of the two lies transposed in memory, and how both are stored. */
export interface SquareCase {
  readonly size: number;
  readonly layout: 'nn' | 'nt' | 'tn';
  readonly dtype: 'f32' | 'f16';
}

/** What was seen of one variant on one case. `tflops` is null where it was not timed; `refused` then says why. */
export interface VariantRow extends Timing {
  readonly shape: string;
  readonly tflops: number | null;
}

/** Squares in f32 in all three layouts, and the plain layout with operands stored in 16 bits; transposed ones are not repeated at the largest size. */
export function squareCases(sizes: readonly number[]): SquareCase[] {
  const most = Math.max(...sizes);
  return sizes.flatMap((size) => {
    const layouts = size === most && sizes.length > 1 ? (['nn'] as const) : (['nn', 'nt', 'tn'] as const);
    return [
      ...layouts.map((layout) => ({ size, layout, dtype: 'f32' as const })),
      { size, layout: 'nn', dtype: 'f16' },
    ];
  });
}

/**
 * Times every variant of the matrix product that the device can run, interleaved, on squares of `sizes`; each was compared with the
 * plain kernel on the same operands before. Variants that do not compile or deviate are listed with the reason. Prints a table as it
 * goes (`json`: the rows at the end).
 */
export async function benchVariants(
  gpu: Gpu,
  sizes: readonly number[],
  rounds: number,
  json: boolean,
): Promise<VariantRow[]> {
  if (!json) console.log(`${deviceName(gpu.caps)}\nfeatures: ${gpu.caps.features.join(' ')}`);
  const rows: VariantRow[] = [];
  for (const c of squareCases(sizes)) {
    const tuned = await tune(gpu, [() => squareOutputs(c)], {
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

function squareOutputs({ size, layout, dtype }: SquareCase): Outputs {
  const of = (name: string) => input(name, [size, size], dtype satisfies DType);
  const [a, b] = [of('a'), of('b')];
  return { outputs: { y: matmul(layout === 'tn' ? transpose(a) : a, layout === 'nt' ? transpose(b) : b) } };
}

/** The rows of one case, fastest first; those that were refused come last. */
export function rowsOf(c: SquareCase, tuned: Tuned): VariantRow[] {
  const shape = `${c.dtype} ${c.layout} ${c.size}³`;
  const timings = Object.values(tuned.answers).flatMap((a) => a.timings);
  return timings
    .map((t) => ({ ...t, shape, tflops: t.us === null ? null : (2 * c.size ** 3) / t.us / 1e6 }))
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
      return `${r.shape.padEnd(14)}${r.variant.padEnd(30)}${speed}  ${why}`;
    })
    .join('\n');
}
