/** Values of objects' voxels: the engine has the pixels and counts; each set of masks is counted once. */
import type { App } from './app';
import type { Runs } from './document/runs';
import type { Statistics } from './segmentProtocol';

type Masks = ReadonlyMap<number, Runs>;

const known = new WeakMap<Masks, Statistics | 'asked'>();

/** The statistics of masks, which are never changed in place; null while the engine counts: `later` is called when it has. */
export function statisticsFor(
  { client, control }: Pick<App, 'client' | 'control'>,
  id: string,
  masks: Masks,
  later: () => void,
): Statistics | null {
  const found = known.get(masks);
  if (found) return found === 'asked' ? null : found;
  known.set(masks, 'asked');
  client.call('statistics', { case: id, masks }).then(
    (counted) => {
      if (!counted) return;
      known.set(masks, counted);
      later();
    },
    (error) => {
      known.delete(masks);
      control.report(error, 'while measuring an object');
    },
  );
  return null;
}
