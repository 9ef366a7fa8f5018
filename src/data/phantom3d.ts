// Embedded volumes by kind, made in code, the same on every machine: a head with a tumour (`brain`, MRI), an abdomen
// with its organs (`abdomen`, CT), and the simpler abdomen for which scores are published (`ct`, `mri`).
import type { Triple } from './affine';
import type { LabelClass } from './dataset';
import { abdomenClasses, abdomenVolume } from './phantomAbdomen';
import { brainClasses, brainVolume } from './phantomBrain';
import { factorOf, USUAL_LEVEL } from './phantomLevel';
import { drawTorso, torsoClasses, torsoField } from './phantomTorso';
import { bodyAffine, drawSlice, type SlicedKind, slicePlanes } from './phantomVolume';
import { type Rng, rng } from './rng';
import { makeVolume, type Volume, voxelsOf } from './volume';

/** Kinds of 3-D phantom. */
export const phantom3dModalities = ['ct', 'mri', 'brain', 'abdomen'] as const;
/** Name of a kind. */
export type Phantom3dModality = (typeof phantom3dModalities)[number];

/** The kinds that `phantom-3d` alone means: those of published scores. */
export const usual3dModalities: readonly Phantom3dModality[] = ['ct', 'mri'];

/** Kinds that are drawn plane by plane, by name. */
export const slicedKinds = {
  brain: { classes: brainClasses, field: 216, between: [-38, 74], slices: 28, hounsfield: false, body: brainVolume },
  abdomen: {
    classes: abdomenClasses,
    field: 360,
    between: [-84, 84],
    slices: 28,
    hounsfield: true,
    body: abdomenVolume,
  },
} as const satisfies Record<string, SlicedKind>;

/** One labelled phantom volume. */
export interface Phantom3d {
  /** e.g. `ct-1-0042`: kind, seed, index. */
  readonly id: string;
  readonly modality: Phantom3dModality;
  /** int16 (CT, Hounsfield units) or uint16 (MRI); axes LPS. */
  readonly image: Volume;
  /** 0 background, else a value of `classes`; on the image's grid. */
  readonly labels: Uint8Array;
  readonly classes: readonly LabelClass[];
}

/** Size and difficulty. */
export interface Phantom3dOptions {
  /** Columns and rows of a slice, 32..512, default 128. */
  readonly size?: number;
  /** Slices over the height of the body that is shown, 4..256, default 24 (`brain`, `abdomen` 28). */
  readonly slices?: number;
  /** 0 (clear, little noise, large tumour) to 1 (faint, noisy, small tumour with look-alikes), default 0.5. */
  readonly level?: number;
}

function checkOptions(modality: string, index: number, { size, slices, level }: Required<Phantom3dOptions>): void {
  const whole = (what: string, v: number, lo: number, hi: number) => {
    if (!Number.isInteger(v) || v < lo || v > hi)
      throw new Error(`phantom3d: ${what} must be a whole number in ${lo}..${hi}, got ${v}`);
  };
  if (!(phantom3dModalities as readonly string[]).includes(modality)) {
    throw new Error(`phantom3d: unknown modality '${modality}'; there are ${phantom3dModalities.join(', ')}`);
  }
  whole('index', index, 0, Number.MAX_SAFE_INTEGER);
  whole('size', size, 32, 512);
  whole('slices', slices, 4, 256);
  factorOf(level);
}

/** Whether a kind of volume is CT: its values are Hounsfield units. */
export const isCt = (modality: Phantom3dModality): boolean => modality === 'ct' || modality === 'abdomen';

/** Label values of a kind of volume and what they stand for. */
export const phantom3dClassesOf = (modality: Phantom3dModality): readonly LabelClass[] =>
  modality === 'ct' || modality === 'mri' ? torsoClasses : slicedKinds[modality].classes;

/** Phantom volume number `index` of a seed: the same on every machine. `Error` for options out of range. */
export function phantom3d(
  modality: Phantom3dModality,
  seed: number,
  index: number,
  options: Phantom3dOptions = {},
): Phantom3d {
  const usual = modality in slicedKinds ? slicedKinds[modality as keyof typeof slicedKinds].slices : 24;
  const all = { size: 128, slices: usual, level: USUAL_LEVEL, ...options };
  checkOptions(modality, index, all);
  const random = rng(seed, 'phantom3d', modality, index);
  const dims: Triple = [all.size, all.size, all.slices];
  const { data, labels, spacing, lowest } =
    modality === 'ct' || modality === 'mri'
      ? torso(modality, dims, all.level, random)
      : sliced(slicedKinds[modality], dims, all.level, random);
  const id = `${modality}-${seed}-${String(index).padStart(4, '0')}`;
  const image = makeVolume(dims, data, bodyAffine(dims, spacing, lowest), null, id);
  return { id, modality, image, labels, classes: phantom3dClassesOf(modality) };
}

function torso(modality: 'ct' | 'mri', dims: Triple, level: number, random: Rng) {
  const spacing = torsoField.map((mm, a) => mm / dims[a]) as unknown as Triple;
  const { data, labels } = drawTorso(modality, { dims, spacing }, level, random);
  return { data, labels, spacing, lowest: -((dims[2] - 1) / 2) * spacing[2] };
}

function sliced(kind: SlicedKind, dims: Triple, level: number, random: Rng) {
  const [size, , slices] = dims;
  const [low, high] = kind.between;
  const height = (high - low) / slices;
  const body = kind.body(factorOf(level), random);
  const n = voxelsOf(dims);
  const [data, labels] = [kind.hounsfield ? new Int16Array(n) : new Uint16Array(n), new Uint8Array(n)];
  const values = kind.classes.map((c) => c.value);
  for (const [k, plane] of slicePlanes(size, kind.field, slices, kind.between).entries()) {
    const slice = drawSlice(body, plane, height, values);
    for (let i = 0, o = k * size * size; i < slice.value.length; i++, o++) data[o] = Math.round(slice.value[i]);
    labels.set(slice.labels, k * size * size);
  }
  const spacing: Triple = [kind.field / size, kind.field / size, height];
  return { data, labels, spacing, lowest: low + height / 2 };
}
