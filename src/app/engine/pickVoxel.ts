import type { Triple } from '../../data/affine';
import { awayOf, crossingOf, raysOf, voxelOn } from '../document/rays';
import type { VolumeState } from '../protocol';
import type { EngineCase } from './cases';
import { densityOf, stepOf, windowParts } from './volumeUniforms';

/** Voxels from sample to sample. */
const STEP = 0.5;

/**
 * The voxel that is seen at pixel (x, y) of a volume view: the first of a mask that is shown, else where half of the light is
 * gone, or of the maximum; null where there is nothing. One ray, on the host: asking the GPU would mean to wait for it.
 */
export function pickVoxel(c: EngineCase, state: VolumeState, x: number, y: number): Triple | null {
  const rays = raysOf(c.info, state.camera, state);
  const span = crossingOf(rays, x, y, state.clip);
  if (!span) return null;
  const step = stepOf(rays, STEP);
  const [from, away] = [voxelOn(rays, x, y, 0), awayOf(rays)];
  const shown = new Set(state.opacities.filter(([, opacity]) => opacity > 0).map(([id]) => id));
  const density = densityOf(c.info, state);
  let light = 1;
  let most = 0;
  let found: Triple | null = null;
  for (let t = span[0] + Math.min(step, span[1] - span[0]) / 2; t < span[1]; t += step) {
    const voxel = voxelAt(c, from, away, t);
    if (shown.has(c.labels?.[indexOf(c, voxel)] ?? 0)) return voxel;
    if (state.mode === 'masks') continue;
    const v = Math.min(1, valueAt(c, state, voxel));
    const before = light;
    if (v > 0) light *= Math.exp(-density * v * v * (3 - 2 * v) * step);
    const better = state.mode === 'mip' ? v > most : before > 0.5 && light <= 0.5;
    if (better) [most, found] = [v, voxel];
  }
  return found;
}

function voxelAt({ info }: EngineCase, from: Triple, away: Triple, t: number): Triple {
  return from.map((v, i) => Math.min(info.dims[i] - 1, Math.max(0, Math.floor(v + t * away[i])))) as unknown as Triple;
}

const indexOf = ({ info: { dims } }: EngineCase, [i, j, k]: Triple): number => i + dims[0] * (j + dims[1] * k);

/** The value through the window; of colours the mean. What is no number is black. */
function valueAt(c: EngineCase, state: VolumeState, voxel: Triple): number {
  const { channels, range } = c.info;
  const at = indexOf(c, voxel) * channels;
  let sum = 0;
  for (let i = 0; i < channels; i++) sum += Number(c.values[at + i]);
  const part = (sum / channels - range[0]) / (range[1] - range[0] || 1);
  const [black, scale] = windowParts(c.info, state.window);
  return Number.isFinite(part) ? (part - black) * scale : 0;
}
