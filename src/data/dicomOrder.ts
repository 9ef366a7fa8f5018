// The slices of a DICOM series in order, and what to do about those that are missing.
import { cross, dot, type Triple } from './affine';
import type { DicomSlice } from './dicomSlice';
import { VolumeError } from './errors';

/** How far gaps between slices may differ from their median before it is noted, and before slices are missing. */
const unevenNote = 0.01;
const unevenLimit = 0.05;

/** Slices in order along the normal; `VolumeError` for two at one place, and for gaps where these are refused. */
export function sorted(
  slices: readonly DicomSlice[],
  rule: 'refuse' | 'longest',
  told: { readonly notes: string[]; readonly warnings: string[] },
): DicomSlice[] {
  if (slices.length === 1) return [...slices];
  const [across, down] = slices[0].orientation as [Triple, Triple];
  const normal = cross(across, down);
  const along = (s: DicomSlice) => dot(s.position as Triple, normal);
  const order = [...slices].sort((a, b) => along(a) - along(b));
  const gaps = order.slice(1).map((s, i) => along(s) - along(order[i]));
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  const same = gaps.findIndex((g) => g < 1e-3);
  if (same >= 0)
    throw new VolumeError(
      `${order[same + 1].name}: it lies at the same place as ${order[same].name} — several echoes or time points in one series are not read; convert it to NIfTI`,
    );
  const worst = gaps.reduce((m, g, i) => (Math.abs(g - median) > Math.abs(gaps[m] - median) ? i : m), 0);
  const off = Math.abs(gaps[worst] - median) / median;
  const where = `${gaps[worst].toFixed(3)} mm between ${order[worst].name} and ${order[worst + 1].name}, elsewhere ${median.toFixed(3)} mm`;
  if (off <= unevenLimit) {
    if (off > unevenNote) told.notes.push(`slices are a little unevenly spaced (${where}); their mean is used`);
    return order;
  }
  const [from, to] = longestRun(gaps, (g) => Math.abs(g - median) / median <= unevenLimit);
  if (rule === 'refuse' || to - from < 2)
    throw new VolumeError(
      `${order[worst + 1].name}: slices are unevenly spaced (${where}) — slices are missing; get the whole series`,
    );
  told.warnings.push(
    `slices are missing (${where}); the longest stretch without a gap is opened, ${to - from} of ${order.length} slices, ${order[from].name} to ${order[to - 1].name}`,
  );
  return order.slice(from, to);
}

/** The longest stretch of slices between which all gaps are regular: first, and one behind the last. */
function longestRun(gaps: readonly number[], regular: (gap: number) => boolean): [number, number] {
  let best: [number, number] = [0, 1];
  let from = 0;
  for (let i = 0; i <= gaps.length; i++) {
    if (i < gaps.length && regular(gaps[i])) continue;
    if (i + 1 - from > best[1] - best[0]) best = [from, i + 1];
    from = i + 1;
  }
  return best;
}
