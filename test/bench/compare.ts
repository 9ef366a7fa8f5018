/** Largest difference over the largest number of `want`; Infinity where lengths differ or a number is not finite. */
export function worstError(got: Float32Array, want: Float32Array): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let [worst, largest] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    const d = Math.abs(got[i] - want[i]);
    if (!Number.isFinite(d)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, d);
    largest = Math.max(largest, Math.abs(want[i]));
  }
  return largest === 0 ? worst : worst / largest;
}
