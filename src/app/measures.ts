/** Sizes and places of objects, from their masks alone. Pure. */
import type { Triple } from '../data/affine';
import type { Plane } from '../data/volumeReorient';
import type { CaseInfo } from './document/caseInfo';
import { maskOn } from './document/planeMask';
import { planeOf, voxelAt } from './document/planes';
import { areaOf, type Runs, unpackMask } from './document/runs';
import type { Statistics } from './segmentProtocol';

type Masks = ReadonlyMap<number, Runs>;
type Grid = Pick<CaseInfo, 'kind' | 'dims' | 'spacing' | 'affine'>;

/** Voxels of an object. */
export function voxelsOf(masks: Masks): number {
  return [...masks.values()].reduce((sum, runs) => sum + areaOf(runs), 0);
}

/** The voxel to look at to see an object: the one of its largest slice nearest to that slice's middle; null where it has none. */
export function spotOf({ dims }: Pick<CaseInfo, 'dims'>, masks: Masks): Triple | null {
  const [largest] = [...masks].sort((a, b) => areaOf(b[1]) - areaOf(a[1]));
  if (!largest) return null;
  const pixels: number[] = [];
  for (const [i, v] of unpackMask(largest[1]).entries()) if (v) pixels.push(i);
  const place = (i: number) => [i % dims[0], Math.floor(i / dims[0])] as const;
  const middle = [0, 1].map((a) => pixels.reduce((sum, i) => sum + place(i)[a], 0) / pixels.length);
  const distance = (i: number) => Math.hypot(place(i)[0] - middle[0], place(i)[1] - middle[1]);
  const nearest = pixels.reduce((best, i) => (distance(i) < distance(best) ? i : best));
  return [...place(nearest), largest[0]];
}

/** Size of an object in words: pixels of an image; millilitres of a volume, and mm² on the slice that is looked at. */
export function sizeText(info: Grid, masks: Masks, plane: Plane, slice: number): string {
  const voxels = voxelsOf(masks);
  if (info.kind === 'image') return `${thousands(voxels)} px`;
  const [x, y, z] = info.spacing;
  const g = planeOf(info, plane);
  const [dx, dy] = g.from.map((axis) => info.spacing[axis]);
  // Slices along z are what masks are kept by.
  const onZ = g.from[2] === 2 ? masks.get(voxelAt(g, 0, 0, slice)[2]) : maskOn(info, g, slice, masks);
  const here = (onZ ? areaOf(onZ) : 0) * dx * dy;
  return `${digits((voxels * x * y * z) / 1000)} ml · ${digits(here)} mm² here`;
}

/** Mean and deviation of an object's values. */
export function valuesText({ mean, deviation }: Statistics, unit = ''): string {
  return `mean ${digits(mean)} ± ${digits(deviation)}${unit}`;
}

const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

/** Three digits that count, and a true minus. */
function digits(v: number): string {
  const text = Math.abs(v) >= 100 ? thousands(Math.round(Math.abs(v))) : String(Number(Math.abs(v).toPrecision(3)));
  return `${v < 0 ? '−' : ''}${text}`;
}
