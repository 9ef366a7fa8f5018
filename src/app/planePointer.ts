/** The pointer on a plane: mouse and pen use the tool or move the view; one finger is a pen, two move and zoom. */
import { toggleAlone } from './aloneButton';
import { extentOf, planeOf } from './document/planes';
import { makePinch } from './pinch';
import { eventAt, focusPlane, inside } from './planeEvent';
import type { PlaneHandle } from './planeView';
import { makeRightButton } from './rightButton';
import { shownCase } from './state';
import { type Tool, type ToolEvent, toolOf } from './tool';
import { setCrosshair } from './tools/crosshair';
import { pan } from './viewTransform';

type Spot = { readonly x: number; readonly y: number };

/** What a pressed pointer is doing. */
interface Hand {
  /** The view is dragged: where it was last. */
  drag: Spot | null;
  using: { readonly tool: Tool; readonly other: boolean } | null;
  /** A finger's press that a tool without drags gets when it is let go: a second finger may come. */
  tap: ToolEvent | null;
}

/** Button 5 is a pen's other end. */
const modsOf = (e: PointerEvent) => ({
  other: e.button === 2 || e.button === 5 || e.altKey || e.ctrlKey,
  shift: e.shiftKey,
});
const spotOf = (e: MouseEvent): Spot => ({ x: e.offsetX, y: e.offsetY });

/** Starts listening. */
export function listenToPointer(h: PlaneHandle): void {
  const { canvas, app } = h;
  const hand: Hand = { drag: null, using: null, tap: null };
  const right = makeRightButton(app);
  const giveUp = () => {
    if (hand.using && !right.cancel()) hand.using.tool.cancel?.(app);
    Object.assign(hand, { drag: null, using: null, tap: null });
    h.redraw();
  };
  const pinch = makePinch(({ dx, dy, factor, x, y }) => {
    panBy(h, dx, dy);
    h.zoomAt(factor, x, y);
  });
  canvas.addEventListener('contextmenu', (e) => e.preventDefault());
  canvas.addEventListener('pointerdown', (e) => {
    if (e.pointerType === 'touch' && pinch.down(e.pointerId, spotOf(e))) return giveUp();
    press(h, hand, right, e);
  });
  canvas.addEventListener('pointermove', (e) => {
    if (!pinch.move(e.pointerId, spotOf(e))) move(h, hand, right, e);
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, (e) => {
      if (pinch.up(e.pointerId) || end === 'pointercancel') return giveUp();
      release(h, hand, right, e);
    });
  listenToEscape(() => hand.using !== null || hand.drag !== null, giveUp);
  canvas.addEventListener('dblclick', () => {
    const { cases, shown, tool } = app.store.get();
    if (toolOf(tool).calm && cases.get(shown ?? '')?.info.kind === 'volume') toggleAlone(app, h.plane);
  });
  canvas.addEventListener('pointerleave', () => {
    if (!hand.using) hoverAt(h, null, false);
    h.probe(null);
    h.redraw();
  });
}

/** Whatever has the focus: the hand is at the mouse. */
function listenToEscape(busy: () => boolean, giveUp: () => void): void {
  addEventListener(
    'keydown',
    (e) => {
      if (e.key !== 'Escape' || !busy()) return;
      giveUp();
      e.preventDefault();
      e.stopImmediatePropagation();
    },
    true,
  );
}

type Right = ReturnType<typeof makeRightButton>;

function press(h: PlaneHandle, hand: Hand, right: Right, e: PointerEvent): void {
  const { canvas, app } = h;
  if (e.button === 1 || app.store.get().panning) {
    hand.drag = spotOf(e);
    canvas.setPointerCapture(e.pointerId);
    e.preventDefault();
    return;
  }
  const event = eventAt(h, spotOf(e), modsOf(e));
  if (!event || !inside(event)) return;
  h.cursor = null;
  focusPlane(h);
  canvas.setPointerCapture(e.pointerId);
  const tool = toolOf(app.store.get().tool);
  hand.using = { tool, other: event.other };
  if (e.pointerType === 'touch' && !tool.move) hand.tap = event;
  else if (e.button !== 2 || !right.down(event, tool, spotOf(e))) tool.down?.(event, app);
  h.redraw();
}

function move(h: PlaneHandle, hand: Hand, right: Right, e: PointerEvent): void {
  const at = spotOf(e);
  if (hand.drag) {
    panBy(h, at.x - hand.drag.x, at.y - hand.drag.y);
    hand.drag = at;
  }
  const { using } = hand;
  const event = eventAt(h, at, { ...modsOf(e), ...(using ? { other: using.other } : {}) });
  h.probe(event);
  if (hand.drag || !event) return;
  if (!right.move(event, at)) {
    if (using) using.tool.move?.(event, h.app);
    else hoverAt(h, event, e.shiftKey);
  }
  h.redraw();
}

function release(h: PlaneHandle, hand: Hand, right: Right, e: PointerEvent): void {
  const { using, tap } = hand;
  const event = eventAt(h, spotOf(e), { ...modsOf(e), other: using?.other ?? false });
  const taken = right.up(true);
  if (using && tap) using.tool.down?.(tap, h.app);
  if (using && event && !taken) using.tool.up?.(event, h.app);
  Object.assign(hand, { drag: null, using: null, tap: null });
  h.redraw();
}

/** The pointer moves without a button: the crosshair follows with Shift, else the tool is told. */
function hoverAt({ app }: PlaneHandle, event: ToolEvent | null, shift: boolean): void {
  if (event && shift && inside(event)) setCrosshair(event, app);
  else toolOf(app.store.get().tool).hover?.(event, app);
}

/** Moves the view by CSS pixels. */
function panBy(h: PlaneHandle, dx: number, dy: number): void {
  const open = shownCase(h.app.store.get());
  if (open) h.setView(pan(h.view(), dx, dy, extentOf(planeOf(open.info, h.plane)), h.size));
}
