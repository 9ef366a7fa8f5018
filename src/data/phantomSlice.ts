// One slice of a volume phantom as a picture: so that volumes serve experiments on images, too.
import type { Factor } from './phantomLevel';
import { drawSlice, type SlicedKind } from './phantomVolume';
import type { Rng } from './rng';
import { toGrey, windowRange } from './volumeWindow';

/**
 * A slice by chance among those that show what is to be found: grey RGB (size, size, 3) in the kind's usual window, and
 * labels (size, size). Costs a slice, not a volume.
 */
export function paintSlice(
  kind: SlicedKind,
  size: number,
  random: Rng,
  by: Factor,
): { image: Uint8Array; labels: Uint8Array } {
  const body = kind.body(by, random);
  const z = random.fork('slice').uniform(...body.heights);
  const side = kind.field / size;
  const thickness = (kind.between[1] - kind.between[0]) / kind.slices;
  const values = kind.classes.map((c) => c.value);
  const { value, labels } = drawSlice(body, { nx: size, ny: size, sx: side, sy: side, z }, thickness, values);
  const grey = toGrey(value, windowRange(value, kind.hounsfield ? 'soft-tissue' : 'percentile'));
  const image = new Uint8Array(3 * grey.length);
  for (let i = 0; i < image.length; i++) image[i] = grey[Math.floor(i / 3)];
  return { image, labels };
}
