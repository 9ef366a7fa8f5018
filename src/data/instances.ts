// Instances: where a class occurs several times in an image, each connected part can be an object of its own.
import { components } from '../train/metrics/components';
import { grid } from '../train/metrics/grid';

/** A class's pixels: 1 where it is, width × height. */
export interface ClassMask {
  readonly name: string;
  readonly mask: Uint8Array;
}

/** The 8-connected parts of a class in raster order of their first pixel, each with the class's name. */
export function instancesOf({ name, mask }: ClassMask, width: number, height: number): ClassMask[] {
  const { labels, count } = components(mask, grid([height, width]));
  if (count < 2) return [{ name, mask }];
  const parts = Array.from({ length: count }, () => new Uint8Array(mask.length));
  labels.forEach((label, p) => {
    if (label) parts[label - 1][p] = 1;
  });
  return parts.map((part) => ({ name, mask: part }));
}

/** Objects of one case with ids of their own where a class has several: `case#1`, `case#2`, … */
export function numberInstances<T extends { readonly id: string; readonly className: string }>(
  objects: readonly T[],
): T[] {
  const seen = new Map<string, number>();
  const several = (o: T) => objects.filter((other) => other.className === o.className).length > 1;
  return objects.map((o) => {
    if (!several(o)) return o;
    const k = (seen.get(o.className) ?? 0) + 1;
    seen.set(o.className, k);
    return { ...o, id: `${o.id}#${k}` };
  });
}

/** The case that an object's id belongs to. */
export function caseOf(id: string): string {
  return id.replace(/#\d+$/, '');
}
