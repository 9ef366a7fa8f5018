// Range and mean of all numbers of a checkpoint; reads every tensor, one at a time.
import { readF32, type TensorEntry } from './tensorFile';
import { mergeStats, type ValueStats, valueStats } from './volumeStats';

/** Of all floats and whole numbers in the tensors, as f32; `bad` names tensors with NaN or infinities. */
export interface TensorStats extends ValueStats {
  readonly bad: readonly string[];
}

/** Reads and measures. */
export async function tensorStats(entries: Iterable<TensorEntry>): Promise<TensorStats> {
  const parts: ValueStats[] = [];
  const bad: string[] = [];
  for (const entry of entries) {
    const stats = valueStats(await readF32(entry));
    parts.push(stats);
    if (stats.nonFinite) bad.push(entry.name);
  }
  return { ...mergeStats(parts), bad };
}
