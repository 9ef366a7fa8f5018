/** Outlines an area by hand: added to the object, or taken away. */
import { polygonMask, type Spot } from '../document/strokes';
import { strokeEdit } from '../strokes';
import type { Tool, ToolEvent } from '../tool';

/** CSS pixels within which Enter at the first corner closes the outline. */
const NEAR = 12;

let outline: Pick<ToolEvent, 'plane' | 'slice' | 'other'> & { readonly path: Spot[] } = begun();

/** Where the keyboard's cross is while corners are set. */
let cross: Spot | null = null;

function begun(): typeof outline {
  return { plane: 'axial', slice: -1, other: false, path: [] };
}

/** The tool. */
export const tool: Tool = {
  id: 'lasso',
  label: 'Lasso',
  key: 'L',
  about: 'Surround what belongs to the object; right drag takes away',
  order: 50,
  gestures: [
    [['Lasso: drag'], 'Add what is surrounded'],
    [['Lasso: right drag'], 'Take it away'],
    [['Lasso: Enter'], 'A corner at the cross; at the first corner again: close'],
  ],
  down: ({ plane, slice, other, x, y }) => {
    cross = null;
    outline = { plane, slice, other, path: [{ x, y }] };
  },
  move: ({ x, y }) => void (outline.path.length && outline.path.push({ x, y })),
  up: close,
  enter(e, app) {
    if (outline.plane !== e.plane || outline.slice !== e.slice || !outline.path.length) return tool.down?.(e, app);
    const [first, now] = [outline.path[0], e].map(({ x, y }) => e.toScreen(x, y));
    if (outline.path.length > 2 && Math.hypot(first.x - now.x, first.y - now.y) < NEAR) close(e, app);
    else outline.path.push({ x: e.x, y: e.y });
  },
  step: (e) => {
    cross = outline.plane === e.plane && outline.slice === e.slice ? e : null;
  },
  cancel() {
    const had = outline.path.length > 0;
    outline = begun();
    cross = null;
    return had;
  },
  draw({ ctx, plane, slice, toScreen }) {
    if (outline.plane !== plane || outline.slice !== slice) return;
    for (const [style, width] of [['rgb(0 0 0 / 60%)', 4] as const, ['#fff', 1.75] as const]) {
      ctx.beginPath();
      for (const { x, y } of cross ? [...outline.path, cross] : outline.path) {
        const at = toScreen(x, y);
        ctx.lineTo(at.x, at.y);
      }
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.lineJoin = 'round';
      ctx.stroke();
    }
  },
};

function close({ geometry }: ToolEvent, { store, control }: Parameters<NonNullable<Tool['up']>>[1]): void {
  const { path, plane, slice, other } = outline;
  outline = begun();
  cross = null;
  if (path.length < 3) return;
  const mask = polygonMask(geometry, path);
  const made = strokeEdit(store.get(), { plane, slice, from: path[0], mask, how: other ? 'minus' : 'or' });
  if (made) control.edit(made);
}
