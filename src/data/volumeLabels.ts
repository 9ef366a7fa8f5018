// From voxel values to what training needs of them: images without a hole, labels that are whole numbers with names.
import type { LabelClass } from './dataset';
import { VolumeError } from './errors';
import { type Volume, withData } from './volume';
import { valueStats } from './volumeStats';

/** An image in which every voxel is finite; NaN and −∞ become the smallest finite value, +∞ the largest. */
export function finiteVolume(volume: Volume, name: string): { readonly volume: Volume; readonly notes: string[] } {
  const { data } = volume;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return { volume, notes: [] };
  const { min, max, count, nonFinite } = valueStats(data);
  if (count === 0) throw new VolumeError(`${name}: no voxel has a finite value — it is damaged; get it again`);
  if (nonFinite === 0) return { volume, notes: [] };
  const out = data.map((v) => (v === Number.POSITIVE_INFINITY ? max : v - v === 0 ? v : min));
  const notes = [
    `${name}: ${nonFinite} of ${data.length} voxels are NaN or infinite; the smallest or largest value stands for them`,
  ];
  return { volume: withData(volume, out), notes };
}

/** Labels on a volume's grid. */
export interface LabelVolume {
  /** nx·ny·nz, x fastest. */
  readonly labels: Uint8Array | Uint16Array;
  readonly classes: readonly LabelClass[];
  /** No voxel belongs to a class. */
  readonly empty: boolean;
}

/** Most label values where none are declared: more look like an image. */
const maxUndeclared = 512;

/** How far a stored value may lie from its whole number (float32 storage, scaled integers). */
const rounding = 1e-3;

function wholeLabels(volume: Volume, name: string): Uint16Array {
  const { data, dims } = volume;
  const out = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    const r = Math.round(v);
    if (Math.abs(v - r) <= rounding && r >= 0 && r <= 65535) {
      out[i] = r;
      continue;
    }
    const at = [i % dims[0], Math.floor(i / dims[0]) % dims[1], Math.floor(i / (dims[0] * dims[1]))].join(', ');
    const remedy =
      v - v !== 0
        ? 'labels may not be NaN or infinite; correct the mask'
        : 'labels are whole numbers from 0 to 65535; is it the image?';
    throw new VolumeError(`${name}: voxel (${at}) has the label ${v} — ${remedy}`);
  }
  return out;
}

/**
 * Label values of a mask volume. `declared` are the classes of the index (then every value must be one of them or
 * `background`), or null (then every value but 0 is a class). Values that storage rounded (0.99999997) become whole.
 * `VolumeError` for NaN, fractions, values out of 0..65535, undeclared values.
 */
export function labelVolume(
  volume: Volume,
  name: string,
  declared: readonly LabelClass[] | null,
  background: ReadonlySet<number> = new Set([0]),
): LabelVolume {
  const labels = wholeLabels(volume, name);
  const counts = new Uint32Array(65536);
  for (const v of labels) counts[v]++;
  const found = [...counts.keys()].filter((v) => counts[v] > 0 && !background.has(v));
  if (!declared && found.length > maxUndeclared) {
    throw new VolumeError(
      `${name}: it has ${found.length} different values — is it the image? A mask has one value per label`,
    );
  }
  const classes = declared ?? found.map((value) => ({ value, name: `label ${value}` }));
  const unknown = found.filter((v) => !classes.some((c) => c.value === v));
  if (unknown.length) {
    const show = unknown.slice(0, 4).map((v) => `${v} (${counts[v]} voxels)`);
    throw new VolumeError(
      `${name}: the mask holds ${show.join(', ')}${unknown.length > 4 ? ', …' : ''}, which "values" in index.json does not name — name it there or correct the mask`,
    );
  }
  const most = Math.max(0, ...found, ...background);
  return {
    labels: most <= 255 ? Uint8Array.from(labels) : labels,
    classes,
    empty: !classes.some((c) => counts[c.value] > 0),
  };
}
