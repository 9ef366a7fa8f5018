/** Pointer, wheel and keys on a plane: what the tool gets, and what moves the view. */

import { toggleAlone } from './aloneButton';
import { sliceOf } from './document/look';
import { extentOf, planeOf } from './document/planes';
import type { PlaneHandle } from './planeView';
import { makeRightButton } from './rightButton';
import { shownCase } from './state';
import { type Tool, type ToolEvent, toolOf } from './tool';
import { setCrosshair } from './tools/crosshair';
import { pan, toCanvas, toImage } from './viewTransform';

/** Starts listening on the plane's upper canvas. */
export function listenToPlane(h: PlaneHandle): void {
  listenToPointer(h);
  listenToWheel(h);
  listenToKeys(h);
}

/** A tool event at CSS pixels of the canvas, or at pixels of the slice; null where nothing is shown. */
function eventAt(
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

const inside = ({ x, y, geometry: g }: ToolEvent) => x >= 0 && y >= 0 && x <= g.columns && y <= g.rows;
/** Button 5 is a pen's other end. */
const modsOf = (e: PointerEvent) => ({
  other: e.button === 2 || e.button === 5 || e.altKey || e.ctrlKey,
  shift: e.shiftKey,
});

/** Work in this plane from now on. */
function focusPlane({ app, plane }: PlaneHandle): void {
  if (shownCase(app.store.get())?.look.plane !== plane) app.control.setLook({ plane });
}

function listenToPointer(h: PlaneHandle): void {
  const { canvas, app } = h;
  let drag: { x: number; y: number } | null = null;
  let using: { tool: Tool; other: boolean } | null = null;
  const right = makeRightButton(app);
  const at = (e: PointerEvent) => ({ x: e.offsetX, y: e.offsetY });
  canvas.addEventListener('contextmenu', (e) => e.preventDefault());
  canvas.addEventListener('pointerdown', (e) => {
    if (e.button === 1 || app.store.get().panning) {
      drag = at(e);
      canvas.setPointerCapture(e.pointerId);
      e.preventDefault();
      return;
    }
    const event = eventAt(h, at(e), modsOf(e));
    if (!event || !inside(event)) return;
    h.cursor = null;
    focusPlane(h);
    canvas.setPointerCapture(e.pointerId);
    using = { tool: toolOf(app.store.get().tool), other: event.other };
    if (e.button !== 2 || !right.down(event, using.tool, at(e))) using.tool.down?.(event, app);
    h.redraw();
  });
  canvas.addEventListener('pointermove', (e) => {
    if (drag) drag = panTo(h, drag, at(e));
    const event = eventAt(h, at(e), { ...modsOf(e), ...(using ? { other: using.other } : {}) });
    h.probe(event);
    if (drag || !event) return;
    if (right.move(event, at(e))) return h.redraw();
    if (using) using.tool.move?.(event, app);
    else hoverAt(h, event, e.shiftKey);
    h.redraw();
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, (e) => {
      drag = null;
      const event = eventAt(h, at(e), { ...modsOf(e), other: using?.other ?? false });
      const taken = right.up(end === 'pointerup');
      if (using && event && !taken) using.tool.up?.(event, app);
      using = null;
      h.redraw();
    });
  // Whatever has the focus: the hand is at the mouse.
  addEventListener(
    'keydown',
    (e) => {
      if (e.key !== 'Escape' || (!using && !drag)) return;
      if (using && !right.cancel()) using.tool.cancel?.(app);
      using = null;
      drag = null;
      e.preventDefault();
      e.stopImmediatePropagation();
      h.redraw();
    },
    true,
  );
  canvas.addEventListener('dblclick', () => {
    const { cases, shown, tool } = app.store.get();
    if (toolOf(tool).calm && cases.get(shown ?? '')?.info.kind === 'volume') toggleAlone(app, h.plane);
  });
  canvas.addEventListener('pointerleave', () => {
    if (!using) hoverAt(h, null, false);
    h.probe(null);
    h.redraw();
  });
}

/** The pointer moves without a button: the crosshair follows with Shift, else the tool is told. */
function hoverAt({ app }: PlaneHandle, event: ToolEvent | null, shift: boolean): void {
  if (event && shift && inside(event)) setCrosshair(event, app);
  else toolOf(app.store.get().tool).hover?.(event, app);
}

function panTo(h: PlaneHandle, from: { x: number; y: number }, to: { x: number; y: number }): { x: number; y: number } {
  const open = shownCase(h.app.store.get());
  if (open) h.setView(pan(h.view(), to.x - from.x, to.y - from.y, extentOf(planeOf(open.info, h.plane)), h.size));
  return to;
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
