import { asVolume, checkMask, type Grid } from './grid';

/** Connected components of a mask. */
export interface Components {
  /** As long as the mask: 0 background, 1..count in raster order of the first voxel. */
  readonly labels: Int32Array;
  readonly count: number;
  /** Voxels of component k at k − 1. */
  readonly sizes: readonly number[];
}

/** Which voxels touch: `full` 8 in 2-D and 26 in 3-D, `faces` 4 and 6. */
export type Connectivity = 'full' | 'faces';

/** The connected components of a mask, numbered in raster order of their first voxel. */
export function components(mask: ArrayLike<number>, on: Grid, connectivity: Connectivity = 'full'): Components {
  checkMask('components', mask, on);
  const { d, h, w } = asVolume(on);
  const steps = neighbours(on.shape.length === 3, connectivity);
  const labels = new Int32Array(mask.length);
  const stack: number[] = [];
  const sizes: number[] = [];
  const visit = (p: number, label: number) => {
    const x = p % w;
    const y = Math.floor(p / w) % h;
    const z = Math.floor(p / (w * h));
    for (const [dz, dy, dx] of steps) {
      if (x + dx < 0 || x + dx >= w || y + dy < 0 || y + dy >= h || z + dz < 0 || z + dz >= d) continue;
      const q = p + (dz * h + dy) * w + dx;
      if (!mask[q] || labels[q]) continue;
      labels[q] = label;
      stack.push(q);
    }
  };
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || labels[start]) continue;
    const label = sizes.length + 1;
    labels[start] = label;
    stack.push(start);
    let size = 0;
    for (; stack.length; size++) visit(stack.pop() as number, label);
    sizes.push(size);
  }
  return { labels, count: sizes.length, sizes };
}

/** Steps (dz, dy, dx) to the neighbours of a voxel. */
function neighbours(volume: boolean, connectivity: Connectivity): [number, number, number][] {
  const out: [number, number, number][] = [];
  for (let dz = volume ? -1 : 0; dz <= (volume ? 1 : 0); dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const moved = Math.abs(dz) + Math.abs(dy) + Math.abs(dx);
        if (moved === 1 || (moved > 1 && connectivity === 'full')) out.push([dz, dy, dx]);
      }
    }
  }
  return out;
}
