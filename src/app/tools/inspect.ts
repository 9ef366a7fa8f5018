/** Points at the model's tokens: hovering shows where one looks, dragging moves a trial click. Changes nothing of the document. */
import type { App } from '../app';
import { drawInside } from '../inside/insideDraw';
import type { Spot } from '../inside/insideState';
import { keepWeights, setInside } from '../inside/insideWatch';
import { shownCase } from '../state';
import type { Tool, ToolEvent } from '../tool';

/** The tool. */
export const tool: Tool = {
  id: 'inspect',
  label: 'Inspect',
  key: 'I',
  about: 'Point at the image to see what the model does there; drag a trial click',
  order: 90,
  gestures: [
    [['Move'], 'Inspect: attention of the token under the pointer'],
    [['Drag', 'Alt drag'], 'Inspect: a trial click; the weights that it generates follow'],
  ],
  hover: (e, app) => e && setInside(app, { point: spotOf(e, app) }),
  down(e, app) {
    keepWeights(app);
    place(e, app);
  },
  move: place,
  draw: (canvas, { store }) => drawInside(canvas, store.get()),
};

function place(e: ToolEvent, app: App): void {
  const spot = spotOf(e, app);
  setInside(app, { point: spot, click: spot });
}

/** Held within the slice. */
function spotOf({ plane, slice, x, y, other, geometry }: ToolEvent, { store }: App): Spot | null {
  const open = shownCase(store.get());
  const held = (v: number, most: number) => Math.min(most, Math.max(0, v));
  return (
    open && {
      case: open.info.id,
      plane,
      slice,
      x: held(x, geometry.columns),
      y: held(y, geometry.rows),
      label: other ? 0 : 1,
    }
  );
}
