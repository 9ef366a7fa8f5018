// Unions of classes: what is one object to a reader (a whole tumour, a disc with its cup) may be several values of a label map.
import type { LabelClass } from './dataset';

/** A label map and the classes in it. */
export interface LabelledMap<L extends Uint8Array | Uint16Array | null> {
  readonly labels: L;
  readonly classes: readonly LabelClass[];
}

/**
 * The map itself, then for each of `unions` (name → names of classes) a map that is 1 where one of its classes is. Classes that the map
 * does not have add nothing; a union of none of them is left out.
 */
export function unionMaps<L extends Uint8Array | Uint16Array | null>(
  { labels, classes }: LabelledMap<L>,
  unions: Readonly<Record<string, readonly string[]>>,
): LabelledMap<L | Uint8Array>[] {
  const all: LabelledMap<L | Uint8Array>[] = [{ labels, classes }];
  if (!labels) return all;
  for (const [name, parts] of Object.entries(unions)) {
    const values = new Set(classes.filter((c) => parts.includes(c.name)).map((c) => c.value));
    if (!values.size) continue;
    const one = new Uint8Array(labels.length);
    for (let i = 0; i < one.length; i++) if (values.has(labels[i])) one[i] = 1;
    all.push({ labels: one, classes: [{ name, value: 1 }] });
  }
  return all;
}
