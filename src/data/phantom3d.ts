// The embedded default data in 3-D: an abdomen with five organs' worth of classes and a tumour, as CT or as MRI, with
// thick slices. Imitates what makes real volumes hard (faint borders, partial volume, noise, look-alikes), not anatomy in
// detail. Made in code, the same on every machine.
import { affineOf, type Triple } from './affine';
import type { LabelClass } from './dataset';
import { blur } from './drawBlur';
import { clamp, mix } from './drawMath';
import { whiteNoise } from './drawNoise';
import { fractalNoise3d } from './drawNoise3d';
import { type BodyGrid, type BodyPart, bodyParts, cellsOf } from './phantom3dBody';
import { factorOf, USUAL_LEVEL } from './phantomLevel';
import { type Rng, rng } from './rng';
import { makeVolume, type Volume, voxelsOf } from './volume';

/** Kinds of 3-D phantom. */
export const phantom3dModalities = ['ct', 'mri'] as const;
/** Name of a kind. */
export type Phantom3dModality = (typeof phantom3dModalities)[number];

/** Classes of every 3-D phantom, all present in each. */
export const phantom3dClasses: readonly LabelClass[] = [
  { value: 1, name: 'liver' },
  { value: 2, name: 'spleen' },
  { value: 3, name: 'kidneys' },
  { value: 4, name: 'aorta' },
  { value: 5, name: 'tumour' },
];

/** Label of each tissue that has one. */
const labelOf: Readonly<Record<string, number>> = {
  ...{ liver: 1, vessel: 1, cyst: 1, spleen: 2, kidney: 3, aorta: 4, tumour: 5 },
};

/** Mean and strength of texture by tissue: Hounsfield units; and a T2-like signal (fat bright, flowing blood dark). */
const tissues: Readonly<Record<Phantom3dModality, Readonly<Record<string, readonly [number, number]>>>> = {
  ct: {
    air: [-1000, 0],
    fat: [-100, 14],
    muscle: [58, 14],
    bowel: [28, 40],
    stomach: [40, 25],
    liver: [104, 8],
    vessel: [128, 4],
    cyst: [12, 3],
    spleen: [118, 8],
    kidney: [146, 22],
    aorta: [158, 5],
    vein: [128, 6],
    bone: [520, 120],
    marrow: [190, 70],
    canal: [25, 5],
    tumour: [70, 16],
  },
  mri: {
    air: [0, 0],
    fat: [620, 50],
    muscle: [170, 30],
    bowel: [380, 120],
    stomach: [300, 140],
    liver: [250, 22],
    vessel: [150, 15],
    cyst: [760, 10],
    spleen: [400, 26],
    kidney: [480, 60],
    aorta: [70, 15],
    vein: [110, 20],
    bone: [60, 10],
    marrow: [300, 40],
    canal: [700, 40],
    tumour: [355, 50],
  },
};

/** One labelled phantom volume. */
export interface Phantom3d {
  /** e.g. `ct-1-0042`: kind, seed, index. */
  readonly id: string;
  readonly modality: Phantom3dModality;
  /** int16 (CT, Hounsfield units) or uint16 (MRI); axes LPS, spacing about 2.7 × 2.7 × 6 mm by default. */
  readonly image: Volume;
  /** 0 background, else a value of `classes`; on the image's grid. */
  readonly labels: Uint8Array;
  readonly classes: readonly LabelClass[];
}

/** Size and difficulty. */
export interface Phantom3dOptions {
  /** Columns and rows of a slice, 32..512, default 128. */
  readonly size?: number;
  /** Slices over 144 mm, 4..256, default 24. */
  readonly slices?: number;
  /** 0 (clear, little noise, large tumour) to 1 (faint, noisy, small tumour with look-alikes), default 0.5. */
  readonly level?: number;
}

/** Millimetres of the field of view. */
const fieldOfView: Triple = [345, 345, 144];

/** Means and textures of this volume: the organs' own spread, and a tumour nearer to its host the harder it is. */
function paletteOf(modality: Phantom3dModality, level: number, random: Rng): Map<string, readonly [number, number]> {
  const table = tissues[modality];
  const out = new Map<string, readonly [number, number]>();
  for (const [tissue, [mean, texture]] of Object.entries(table)) {
    const spread = tissue === 'air' || tissue === 'bone' ? 0 : modality === 'ct' ? 7 : 0.07 * mean;
    out.set(tissue, [mean + random.uniform(-spread, spread), texture * random.uniform(0.7, 1.3)]);
  }
  const [host] = out.get('liver') ?? [0];
  const contrast = mix(1.5, 0.65, level) * (table.tumour[0] - table.liver[0]);
  out.set('tumour', [host + contrast, table.tumour[1]]);
  return out;
}

/** Paints the parts over air: values (with texture) and labels. */
function paint(
  grid: BodyGrid,
  parts: readonly BodyPart[],
  palette: ReadonlyMap<string, readonly [number, number]>,
  random: Rng,
) {
  const n = voxelsOf(grid.dims);
  const [air] = palette.get('air') ?? [0];
  const value = new Float32Array(n).fill(air);
  const labels = new Uint8Array(n);
  const coarse = fractalNoise3d(grid.dims, cellsOf(grid, 22), 3, 0.8, random);
  const fine = fractalNoise3d(grid.dims, cellsOf(grid, 9), 2, 0.7, random);
  for (const { tissue, cover } of parts) {
    const [mean, texture] = palette.get(tissue) ?? [0, 0];
    const label = labelOf[tissue] ?? 0;
    const grain = tissue === 'bowel' || tissue === 'stomach' || tissue === 'marrow' ? coarse : fine;
    for (let i = 0; i < n; i++) {
      const c = cover[i];
      if (c === 0) continue;
      value[i] = mix(value[i], mean + 2 * texture * grain[i], c);
      if (c >= 0.5) labels[i] = label;
    }
  }
  return { value, labels };
}

/** Blurs within slices: the scanner's resolution. */
function blurSlices(data: Float32Array, [nx, ny, nz]: Triple, sigma: number): void {
  for (let z = 0; z < nz; z++) blur(data.subarray(z * nx * ny, (z + 1) * nx * ny), nx, ny, 1, sigma);
}

/** Correlated noise of standard deviation `sd`. */
function noiseField(dims: Triple, sd: number, sigma: number, random: Rng): Float32Array {
  const noise = whiteNoise(new Float32Array(voxelsOf(dims)), 1, random.u32());
  blurSlices(noise, dims, sigma);
  let power = 0;
  for (let i = 0; i < noise.length; i++) power += noise[i] * noise[i];
  const scale = sd / Math.sqrt(power / noise.length);
  for (let i = 0; i < noise.length; i++) noise[i] *= scale;
  return noise;
}

function scanCt(value: Float32Array, { dims }: BodyGrid, level: number, random: Rng): Int16Array {
  blurSlices(value, dims, random.uniform(0.3, 0.6));
  const noise = noiseField(dims, mix(7, 30, level) * random.uniform(0.85, 1.15), 0.6, random);
  return Int16Array.from(value, (v, i) => Math.round(clamp(v + noise[i], -1024, 3071)));
}

/** A smooth coil profile, and Rician noise: the magnitude of a complex signal. */
function scanMri(value: Float32Array, grid: BodyGrid, level: number, random: Rng): Uint16Array {
  const { dims } = grid;
  blurSlices(value, dims, random.uniform(0.3, 0.6));
  const profile = fractalNoise3d(dims, cellsOf(grid, 170), 1, 1, random);
  const uneven = mix(0.12, 0.4, level);
  const sd = mix(9, 38, level) * random.uniform(0.85, 1.15);
  const [real, imaginary] = [noiseField(dims, sd, 0.4, random), noiseField(dims, sd, 0.4, random)];
  const gain = random.uniform(0.6, 1.8); // the unit of MRI means nothing
  return Uint16Array.from(value, (v, i) => {
    const signal = Math.max(0, v) * (1 + uneven * profile[i]) + real[i];
    return Math.round(gain * Math.sqrt(signal * signal + imaginary[i] * imaginary[i]));
  });
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

/** Phantom volume number `index` of a seed: the same on every machine. `Error` for options out of range. */
export function phantom3d(
  modality: Phantom3dModality,
  seed: number,
  index: number,
  options: Phantom3dOptions = {},
): Phantom3d {
  const all = { size: 128, slices: 24, level: USUAL_LEVEL, ...options };
  checkOptions(modality, index, all);
  const { size, slices, level } = all;
  const random = rng(seed, 'phantom3d', modality, index);
  const dims: Triple = [size, size, slices];
  const spacing = fieldOfView.map((mm, a) => mm / dims[a]) as unknown as Triple;
  const grid: BodyGrid = { dims, spacing };
  const tumour = mix(22, 12, level) * random.uniform(0.85, 1.2);
  const parts = bodyParts(grid, { tumour, cysts: Math.round(3 * level * random.uniform()) }, random);
  const { value, labels } = paint(grid, parts, paletteOf(modality, level, random), random);
  const data = (modality === 'ct' ? scanCt : scanMri)(value, grid, level, random);
  const [dx, dy, dz] = spacing;
  const half = (a: 0 | 1 | 2) => ((dims[a] - 1) / 2) * spacing[a];
  const affine = affineOf([-dx, 0, 0], [0, -dy, 0], [0, 0, dz], [half(0), half(1), -half(2)]);
  const id = `${modality}-${seed}-${String(index).padStart(4, '0')}`;
  return { id, modality, image: makeVolume(dims, data, affine, null, id), labels, classes: phantom3dClasses };
}
