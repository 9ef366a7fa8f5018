/** Wheel and keys on a plane: slices and zoom, and the pointer without a mouse. */
import { sliceOf } from './document/look';
import { planeOf } from './document/planes';
import { eventAt, focusPlane } from './planeEvent';
import { listenToPointer } from './planePointer';
import type { PlaneHandle } from './planeView';
import { shownCase } from './state';
import { toolOf } from './tool';

/** Starts listening on the plane's upper canvas. */
export function listenToPlane(h: PlaneHandle): void {
  listenToPointer(h);
  listenToWheel(h);
  listenToKeys(h);
}

/** Wheel steps below this add up: a touchpad sends many small ones. */
const NOTCH = 40;

function listenToWheel(h: PlaneHandle): void {
  let turned = 0;
  h.canvas.addEventListener(
    'wheel',
    (e) => {
      e.preventDefault();
      const open = shownCase(h.app.store.get());
      if (!open) return;
      const scrolls = open.info.kind === 'volume' && !e.ctrlKey && !e.metaKey;
      if (!scrolls) return h.zoomAt(Math.exp(-e.deltaY * 0.0015), e.offsetX, e.offsetY);
      turned += e.deltaY;
      const steps = Math.trunc(turned / NOTCH);
      turned -= steps * NOTCH;
      if (steps) h.app.control.setSlice(h.plane, sliceOf(open.info, open.look, h.plane) + Math.sign(steps));
    },
    { passive: false },
  );
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PAGES: Readonly<Record<string, number>> = { PageUp: -1, PageDown: 1 };

/** Arrow keys move a cross (with Ctrl by one pixel), Enter uses the tool there, Escape gives it up, page keys change the slice. */
function listenToKeys(h: PlaneHandle): void {
  h.canvas.addEventListener('keydown', (e) => {
    const open = shownCase(h.app.store.get());
    if (!open) return;
    const g = planeOf(open.info, h.plane);
    const from = h.cursor ?? { x: g.columns / 2, y: g.rows / 2 };
    const arrow = ARROWS[e.key];
    if (arrow) {
      const step = e.ctrlKey || e.metaKey ? 1 : (e.shiftKey ? 0.1 : 0.01) * Math.max(g.columns, g.rows);
      const held = (v: number, most: number) => Math.min(most, Math.max(0, v));
      h.cursor = { x: held(from.x + arrow[0] * step, g.columns), y: held(from.y + arrow[1] * step, g.rows) };
      const event = eventAt(h, h.cursor, { other: false, shift: false }, 'slice');
      h.probe(event);
      if (event) toolOf(h.app.store.get().tool).step?.(event, h.app);
    } else if (e.key === 'Enter') {
      h.cursor = from;
      useAtCursor(h, from, e.altKey, e.shiftKey);
    } else if (e.key === 'Escape') {
      if (!toolOf(h.app.store.get().tool).cancel?.(h.app)) return;
    } else if (PAGES[e.key]) h.app.control.setSlice(h.plane, sliceOf(open.info, open.look, h.plane) + PAGES[e.key]);
    else return;
    // What the focused slice takes is no shortcut of the page.
    e.stopPropagation();
    e.preventDefault();
    h.redraw();
  });
  h.canvas.addEventListener('blur', () => {
    h.cursor = null;
    h.redraw();
  });
}

function useAtCursor(h: PlaneHandle, at: { x: number; y: number }, other: boolean, shift: boolean): void {
  const event = eventAt(h, at, { other, shift }, 'slice');
  if (!event) return;
  focusPlane(h);
  const tool = toolOf(h.app.store.get().tool);
  if (tool.enter) tool.enter(event, h.app);
  else {
    tool.down?.(event, h.app);
    tool.up?.(event, h.app);
  }
}
