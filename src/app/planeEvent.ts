/** From places on a plane to tool events. */

import { sliceOf } from './document/look';
import { planeOf } from './document/planes';
import type { PlaneHandle } from './planeView';
import { shownCase } from './state';
import type { ToolEvent } from './tool';
import { toCanvas, toImage } from './viewTransform';

/** A tool event at CSS pixels of the canvas, or at pixels of the slice; null where nothing is shown. */
export function eventAt(
  h: PlaneHandle,
  at: { x: number; y: number },
  mods: { other: boolean; shift: boolean },
  on: 'canvas' | 'slice' = 'canvas',
): ToolEvent | null {
  const open = shownCase(h.app.store.get());
  if (!open) return null;
  const g = planeOf(open.info, h.plane);
  const view = h.view();
  const p = toImage(view, at.x, at.y);
  const pixel = on === 'slice' ? at : { x: p.x / g.pixel[0], y: p.y / g.pixel[1] };
  // To a tenth of a pixel: equal clicks are then equal prompts.
  const rounded = (v: number) => Math.round(v * 10) / 10;
  return {
    ...{ plane: h.plane, slice: sliceOf(open.info, open.look, h.plane), geometry: g, ...mods },
    ...{ x: rounded(pixel.x), y: rounded(pixel.y) },
    toScreen: (x, y) => toCanvas(view, x * g.pixel[0], y * g.pixel[1]),
  };
}

/** Whether it is on the slice. */
export const inside = ({ x, y, geometry: g }: ToolEvent) => x >= 0 && y >= 0 && x <= g.columns && y <= g.rows;
/** Work in this plane from now on. */
export function focusPlane({ app, plane }: PlaneHandle): void {
  if (shownCase(app.store.get())?.look.plane !== plane) app.control.setLook({ plane });
}
