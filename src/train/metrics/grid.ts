// The grid that a mask lies on: extents and voxel spacing. Masks are flat, row-major, any value but 0 is foreground.

/** Extents and spacing of a mask, 2-D (y, x) or 3-D (z, y, x). Made by `grid`, which checks it. */
export interface Grid {
  readonly shape: readonly number[];
  /** Distance of neighbouring voxel centres along each axis, in the order of `shape`. */
  readonly spacing: readonly number[];
  /** What `spacing` is measured in: px where none was given. */
  readonly unit: 'mm' | 'px';
}

/**
 * A grid of (H,W) or (D,H,W) voxels; without `spacing` (mm, same order) distances are in pixels. `Error` for another
 * rank, extents below 1, or spacing that is not positive.
 */
export function grid(shape: readonly number[], spacing?: readonly number[]): Grid {
  if (shape.length !== 2 && shape.length !== 3)
    throw new Error(`grid: shape [${shape}] has ${shape.length} axes, expected (H,W) or (D,H,W)`);
  if (!shape.every((n) => Number.isInteger(n) && n >= 1))
    throw new Error(`grid: shape [${shape}], expected whole numbers of at least 1`);
  if (!spacing) return { shape, spacing: shape.map(() => 1), unit: 'px' };
  if (spacing.length !== shape.length)
    throw new Error(`grid: ${spacing.length} spacings for shape [${shape}], expected one per axis in the same order`);
  if (!spacing.every((s) => s > 0 && s < Infinity))
    throw new Error(`grid: spacing [${spacing}] mm, expected positive numbers; correct the header of the image`);
  return { shape, spacing, unit: 'mm' };
}

/** Voxels of a grid. */
export function voxels({ shape }: Grid): number {
  return shape.reduce((n, extent) => n * extent, 1);
}

/** The grid as (D,H,W) with D = 1 in 2-D, and the spacing of these axes. */
export function asVolume({ shape, spacing }: Grid): { d: number; h: number; w: number; spacing: readonly number[] } {
  const [d, h, w] = shape.length === 3 ? shape : [1, ...shape];
  return { d, h, w, spacing: shape.length === 3 ? spacing : [1, ...spacing] };
}

/** `Error` unless the mask has as many values as the grid has voxels. `where` names the caller. */
export function checkMask(where: string, mask: ArrayLike<number>, on: Grid): void {
  const n = voxels(on);
  if (mask.length === n) return;
  const extents = on.shape.length === 2 ? [on.shape[1], on.shape[0]] : on.shape;
  throw new Error(`${where}: the mask has ${mask.length} pixels, expected ${extents.join(' x ')} = ${n}`);
}

/** The error for a mask without foreground. */
export function emptyMask(where: string, on: Grid): Error {
  const extents = on.shape.length === 2 ? [on.shape[1], on.shape[0]] : on.shape;
  return new Error(`${where}: the ${extents.join(' x ')} mask is empty, expected at least one foreground pixel`);
}
