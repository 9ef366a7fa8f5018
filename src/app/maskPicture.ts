/** The masks of the slice that is worked on as a picture: the objects' colours on black. */
import type { Bytes } from '../data/bytes';
import { encodePng } from '../data/image';
import { sliceOf } from './document/look';
import { maskOn } from './document/planeMask';
import { planeOf } from './document/planes';
import { paintRuns } from './document/runs';
import type { OpenCase } from './state';

/** Its PNG, one pixel a voxel, as the slice is seen; hidden objects are left out. */
export function maskPicture({ info, timeline, look }: Pick<OpenCase, 'info' | 'timeline' | 'look'>): Bytes {
  const g = planeOf(info, look.plane);
  const slice = sliceOf(info, look);
  const labels = new Uint8Array(g.columns * g.rows);
  const shown = timeline.now.objects.filter((o) => !o.hidden);
  for (const o of shown) paintRuns(maskOn(info, g, slice, o.masks), labels, o.id);
  const colours = new Map(shown.map((o) => [o.id, o.colour]));
  const data = new Uint8Array(3 * labels.length);
  for (const [i, id] of labels.entries()) if (id) data.set(colours.get(id) ?? [255, 255, 255], 3 * i);
  return encodePng({ width: g.columns, height: g.rows, data });
}
