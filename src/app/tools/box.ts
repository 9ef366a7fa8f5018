/** A box around the object: drawn, moved, resized; a click without dragging is a point, as with the click tool. */
import type { App } from '../app';
import { placeKey } from '../document/caseInfo';
import type { PromptBox } from '../document/document';
import { drawBox } from '../draw';
import { promptOf } from '../state';
import type { Tool, ToolCanvas, ToolEvent } from '../tool';
import { tool as click } from './click';

/** CSS pixels around a side or corner within which it is meant. */
const NEAR = 9;
/** CSS pixels of movement below which a press was a click. */
const STILL = 4;

/** What is dragged: the sides of the box that follow the pointer (x0, y0, x1, y1). */
interface Drag {
  readonly from: ToolEvent;
  readonly start: PromptBox;
  readonly follows: readonly [boolean, boolean, boolean, boolean];
  now: PromptBox | null;
}

let drag: Drag | null = null;
/** The first corner, set by the keyboard, and where its cross is now. */
let corner: ToolEvent | null = null;
let cross: ToolEvent | null = null;

/** The tool. */
export const tool: Tool = {
  id: 'box',
  label: 'Box',
  key: 'R',
  about: 'Drag a box around the object; click to add points',
  order: 20,
  gestures: [
    [['Box: drag'], 'A box; from inside: move it, from its border: resize it'],
    [['Box: Shift click'], 'Remove the box'],
    [['Box: Enter, Enter'], 'Two corners of the box at the cross'],
  ],
  down(e, app) {
    const { box } = promptOf(app.store.get());
    if (e.shift) return box && set(app, e, null);
    drag = e.other ? null : beginDrag(e, box);
    if (e.other) click.down?.(e, app);
  },
  move(e) {
    if (drag) drag.now = isStill(drag.from, e) && !drag.now ? null : dragged(drag, e);
  },
  up(e, app) {
    const done = drag;
    drag = null;
    if (!done) return;
    if (!done.now) click.down?.(done.from, app);
    else if (isBox(done.now)) set(app, e, done.now);
  },
  enter(e, app) {
    if (e.other || e.shift) return click.down?.(e, app);
    const first = corner;
    corner = first && isSameSlice(first, e) ? null : e;
    cross = null;
    if (first && isSameSlice(first, e)) {
      const box = sorted([first.x, first.y, e.x, e.y], e);
      if (isBox(box)) set(app, e, box);
    }
  },
  step(e) {
    cross = corner && isSameSlice(corner, e) ? e : null;
  },
  cancel() {
    const begun = drag !== null || corner !== null;
    drag = null;
    corner = null;
    return begun;
  },
  draw(canvas, app) {
    const shown = drag?.now && drag.from.plane === canvas.plane ? drag.now : promptOf(app.store.get()).box;
    if (shown && (drag ? drag.from.plane === canvas.plane : isWorkedIn(canvas, app))) drawHandles(canvas, shown);
    if (!corner || !isSameSlice(corner, canvas)) return;
    const to = cross ?? corner;
    drawHandles(canvas, sorted([corner.x, corner.y, to.x, to.y], corner));
  },
};

type Slice = Pick<ToolCanvas, 'plane' | 'slice'>;
const isSameSlice = (a: Slice, b: Slice) => a.plane === b.plane && a.slice === b.slice;

function isWorkedIn({ plane }: ToolCanvas, { store }: App): boolean {
  const { cases, shown } = store.get();
  return (shown !== null && cases.get(shown)?.look.plane) === plane;
}

function set({ control }: App, e: ToolEvent, box: PromptBox | null): void {
  control.edit({ type: 'setBox', at: placeKey(e), box });
}

const isBox = (b: PromptBox) => b[2] - b[0] >= 1 && b[3] - b[1] >= 1;

function isStill(a: ToolEvent, b: ToolEvent): boolean {
  const [p, q] = [a.toScreen(a.x, a.y), b.toScreen(b.x, b.y)];
  return Math.hypot(p.x - q.x, p.y - q.y) < STILL;
}

/** What a press at `e` takes hold of: a side or corner of `box`, all of it, or nothing: a new box. */
function beginDrag(e: ToolEvent, box: PromptBox | null): Drag {
  const fresh: Drag = { from: e, start: [e.x, e.y, e.x, e.y], follows: [false, false, true, true], now: null };
  if (!box) return fresh;
  const at = e.toScreen(e.x, e.y);
  const [a, b] = [e.toScreen(box[0], box[1]), e.toScreen(box[2], box[3])];
  const outside = at.x < a.x - NEAR || at.y < a.y - NEAR || at.x > b.x + NEAR || at.y > b.y + NEAR;
  if (outside) return fresh;
  const near = [at.x - a.x, at.y - a.y, b.x - at.x, b.y - at.y].map((d) => Math.abs(d) <= NEAR);
  // In a small box the lower right sides win, so that it can be made larger.
  const follows = [near[0] && !near[2], near[1] && !near[3], near[2], near[3]] as const;
  return { from: e, start: box, follows: follows.some(Boolean) ? follows : [true, true, true, true], now: null };
}

/** The box with the sides that follow the pointer; one that is moved stays whole within the slice. */
function dragged({ from, start, follows }: Drag, e: ToolEvent): PromptBox {
  const whole = follows.every(Boolean);
  const size = [e.geometry.columns, e.geometry.rows];
  const [dx, dy] = [e.x - from.x, e.y - from.y].map((d, a) =>
    whole ? Math.min(size[a] - start[a + 2], Math.max(-start[a], d)) : d,
  );
  return sorted(start.map((v, i) => (follows[i] ? v + (i % 2 ? dy : dx) : v)) as unknown as PromptBox, e);
}

/** Upper left to lower right, within the slice, to a tenth of a pixel. */
function sorted([a, b, c, d]: PromptBox, { geometry: g }: ToolEvent): PromptBox {
  const held = (v: number, most: number) => Math.round(Math.min(most, Math.max(0, v)) * 10) / 10;
  const [x, y] = [
    [a, c].map((v) => held(v, g.columns)).sort((p, q) => p - q),
    [b, d].map((v) => held(v, g.rows)).sort((p, q) => p - q),
  ];
  return [x[0], y[0], x[1], y[1]];
}

function drawHandles({ ctx, toScreen }: ToolCanvas, [x0, y0, x1, y1]: PromptBox): void {
  const [a, b] = [toScreen(x0, y0), toScreen(x1, y1)];
  drawBox(ctx, a, b);
  for (const x of [a.x, (a.x + b.x) / 2, b.x])
    for (const y of [a.y, (a.y + b.y) / 2, b.y]) {
      if (x !== a.x && x !== b.x && y !== a.y && y !== b.y) continue;
      ctx.fillStyle = '#fff';
      ctx.strokeStyle = 'rgb(0 0 0 / 70%)';
      ctx.lineWidth = 1;
      ctx.fillRect(x - 3, y - 3, 6, 6);
      ctx.strokeRect(x - 3.5, y - 3.5, 7, 7);
    }
}
