// An abdomen with five organs' worth of classes and a tumour, as CT or as MRI, with thick slices: `ct` and `mri` of the 3-D
// phantoms, for which scores are published. Imitates what makes real volumes hard (faint borders, partial volume, noise,
// look-alikes), not anatomy in detail.
import type { Triple } from './affine';
import type { LabelClass } from './dataset';
import { blur } from './drawBlur';
import { clamp, mix } from './drawMath';
import { whiteNoise } from './drawNoise';
import { fractalNoise3d } from './drawNoise3d';
import { type BodyGrid, type BodyPart, bodyParts, cellsOf } from './phantomTorsoBody';
import type { Rng } from './rng';
import { voxelsOf } from './volume';

/** Classes of both, all present in each volume. */
export const torsoClasses: readonly LabelClass[] = [
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
const tissues: Readonly<Record<'ct' | 'mri', Readonly<Record<string, readonly [number, number]>>>> = {
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

/** Millimetres of the field of view. */
export const torsoField: Triple = [345, 345, 144];

/** Means and textures of this volume: the organs' own spread, and a tumour nearer to its host the harder it is. */
function paletteOf(modality: 'ct' | 'mri', level: number, random: Rng): Map<string, readonly [number, number]> {
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

/** Voxels of one abdomen (int16 Hounsfield units or uint16) and their labels. */
export function drawTorso(modality: 'ct' | 'mri', grid: BodyGrid, level: number, random: Rng) {
  const tumour = mix(22, 12, level) * random.uniform(0.85, 1.2);
  const parts = bodyParts(grid, { tumour, cysts: Math.round(3 * level * random.uniform()) }, random);
  const { value, labels } = paint(grid, parts, paletteOf(modality, level, random), random);
  return { data: (modality === 'ct' ? scanCt : scanMri)(value, grid, level, random), labels };
}
