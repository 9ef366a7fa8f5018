/** Up to `count` of `names` that look most like `name`, for messages that say "did you mean". */
export function nearNames(name: string, names: readonly string[], count = 4): string[] {
  // The length difference is a lower bound of the distance, which spares most of the work on long lists.
  const limit = Math.max(3, Math.floor(name.length / 2));
  return names
    .filter((n) => Math.abs(n.length - name.length) <= limit)
    .map((n) => ({ n, d: editDistance(name, n) }))
    .filter((x) => x.d <= limit)
    .sort((a, b) => a.d - b.d || (a.n < b.n ? -1 : 1))
    .slice(0, count)
    .map((x) => x.n);
}

/** Insertions, deletions and substitutions that turn a into b. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
