/** A strip over the slider: which slices are embedded, which have masks, which are prompted. */
import type { Plane } from '../data/volumeReorient';
import type { PlaceKey } from './document/caseInfo';
import type { LabelObject } from './document/document';
import { type PlaneGeometry, planeOf } from './document/planes';
import { type AppState, type OpenCase, pictureKey } from './state';

/** What is known of a slice; colours as CSS, null: nothing. */
export interface SliceMark {
  readonly slice: number;
  readonly embedded: boolean;
  readonly mask: string | null;
  readonly prompted: boolean;
}

/** The marks of a plane's slices, those without any left out. Masks are shown in the plane whose slices lie along z. */
export function sliceMarks(
  embedded: ReadonlySet<string>,
  { info, look, timeline }: OpenCase,
  g: PlaneGeometry,
): readonly SliceMark[] {
  const { plane } = g;
  const objects = timeline.now.objects.filter((o) => !o.hidden);
  const marks = Array.from({ length: g.slices }, (_, slice): SliceMark => {
    const key = pictureKey({ case: info.id, plane, slice, window: look.modelWindow });
    const place: PlaceKey = `${plane}:${slice}`;
    return {
      slice,
      embedded: embedded.has(key),
      mask: plane === info.plane ? colourAt(objects, slice) : null,
      prompted: objects.some((o) => o.prompts.has(place)),
    };
  });
  return marks.filter((m) => m.embedded || m.mask || m.prompted);
}

function colourAt(objects: readonly LabelObject[], z: number): string | null {
  const there = objects.findLast((o) => o.masks.has(z));
  return there ? `rgb(${there.colour.join(' ')})` : null;
}

const painted = new WeakMap<HTMLCanvasElement, readonly unknown[]>();

/** Draws the strip, where something changed: a column a slice, masks over embeddings, prompts white. */
export function paintSliceMap(canvas: HTMLCanvasElement, s: AppState, open: OpenCase, plane: Plane): void {
  const now = [s.embedded, open.info, open.timeline.now.objects, open.look.modelWindow];
  if (painted.get(canvas)?.every((v, i) => v === now[i])) return;
  painted.set(canvas, now);
  const g = planeOf(open.info, plane);
  canvas.width = Math.max(1, g.slices);
  canvas.title = 'Slices: blue embedded, coloured with masks, white prompted';
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  for (const { slice, embedded, mask, prompted } of sliceMarks(s.embedded, open, g)) {
    const fill = (style: string, y: number, height: number) => {
      ctx.fillStyle = style;
      ctx.fillRect(slice, y, 1, height);
    };
    if (embedded) fill('rgb(120 200 255)', 3, 1);
    if (mask) fill(mask, 0, 3);
    if (prompted) fill('#fff', 0, 3);
  }
}
