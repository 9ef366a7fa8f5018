import type { Connectivity } from '../metrics/components';
import { squaredDepths } from '../metrics/distance';
import { asVolume, grid } from '../metrics/grid';
import { findErrors, nextClick } from '../metrics/nextClick';
import { firstMaximum } from '../metrics/pixels';
import type { Computed, GoldenCase } from './goldenCase';

/** How the cases call connectivities. */
const CONNECTIVITY: Readonly<Record<string, Connectivity>> = {
  conn8: 'full',
  conn26: 'full',
  conn4: 'faces',
  conn6: 'faces',
};

/** The next click of one pair `clicks.NAME`, for every connectivity that the case expects. */
export function computeClicks(c: GoldenCase, name: string, out: Computed): void {
  const pred = c.inputs.get(`clicks.${name}.pred`);
  const truth = c.inputs.get(`clicks.${name}.gt`);
  if (!pred || !truth) throw new Error(`${c.files.name}: clicks.${name} needs in.…pred and in.…gt`);
  const spacing = c.inputs.get(`clicks.${name}.spacing`);
  const on = grid(pred.shape, spacing && [...spacing.data]);
  const { h, w } = asVolume(on);
  const placeOf = (p: number) => [p % w, Math.floor(p / w) % h, Math.floor(p / (w * h))].slice(0, on.shape.length);
  for (const [called, connectivity] of Object.entries(CONNECTIVITY)) {
    const prefix = `clicks.${name}.${called}.`;
    if (!c.expected.has(`${prefix}label`)) continue;
    const set = (what: string, values: Iterable<number>) => out.set(prefix + what, Float32Array.from(values));
    const { missed, wrong, largest } = findErrors(pred.data, truth.data, on, connectivity);
    const depths = squaredDepths(largest?.mask ?? new Uint8Array(pred.data.length), on);
    const best = firstMaximum(depths);
    const label = largest?.label ?? -1;
    // The product's own function, where it is the definition that is asked for.
    const click = connectivity === 'full' ? nextClick(pred.data, truth.data, on) : null;
    set('label', [click?.label ?? label]);
    set('click', click ? [click.x, click.y, click.z].slice(0, on.shape.length) : largest ? placeOf(best) : placeOf(0));
    set('area', [click?.area ?? largest?.area ?? 0]);
    set('max_squared_distance', [click?.squaredDistance ?? depths[best]]);
    set('components', [missed.count, wrong.count]);
    set('largest_ties', [largest?.ties ?? 0]);
    set('component', largest?.mask ?? new Uint8Array(pred.data.length));
    set('maxima', largest ? [...depths.keys()].filter((p) => depths[p] === depths[best]).flatMap(placeOf) : []);
  }
}
