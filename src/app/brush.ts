/** Brush and eraser: tools that differ in what a stroke does. Between `down` and `up` the stroke is drawn by the page alone. */
import type { App } from './app';
import { follow } from './app';
import { freeId, newObject } from './document/document';
import { type Spot, strokeMask } from './document/strokes';
import { el, setText } from './dom';
import { shownCase } from './state';
import { strokeEdit, strokeTarget } from './strokes';
import type { Tool, ToolCanvas, ToolEvent } from './tool';

/** Smallest and largest diameter in pixels. */
export const BRUSH = { min: 1, max: 200 } as const;

/** The next size: finer steps for small brushes. */
export function stepBrush(size: number, up: boolean): number {
  const step = size < 10 ? 1 : size < 40 ? 4 : 16;
  return Math.min(BRUSH.max, Math.max(BRUSH.min, size + (up ? step : -step)));
}

interface Drawn {
  readonly plane: ToolEvent['plane'];
  readonly slice: number;
  readonly path: Spot[];
  readonly how: 'or' | 'minus';
}

const BY_KEYS: NonNullable<Tool['gestures']> = [
  [['Brush: Enter, Enter'], 'A stroke along the cross’s way (eraser, too)'],
];

/** A tool that adds to an object's mask (`or`), or takes away from it; the right button does the opposite. */
export function makeBrush(words: Pick<Tool, 'id' | 'label' | 'key' | 'about' | 'order'>, how: 'or' | 'minus'): Tool {
  let stroke: Drawn | null = null;
  let over: (Spot & { readonly plane: ToolEvent['plane'] }) | null = null;
  const opposite = how === 'or' ? ('minus' as const) : ('or' as const);
  const finish = (e: ToolEvent, { store, control }: App) => {
    if (!stroke) return;
    const mask = strokeMask(e.geometry, stroke.path, store.get().brush);
    const made = strokeEdit(store.get(), { ...stroke, from: stroke.path[0], mask });
    stroke = null;
    if (made) control.edit(made);
  };
  return {
    ...words,
    gestures: [
      [[`${words.label}: drag`], how === 'or' ? 'Add to the object' : 'Take away from the object'],
      [[`${words.label}: right drag`], 'The opposite'],
      ...(how === 'or' ? BY_KEYS : []),
    ],
    down: (e) => {
      stroke = { plane: e.plane, slice: e.slice, path: [{ x: e.x, y: e.y }], how: e.other ? opposite : how };
    },
    move(e) {
      stroke?.path.push({ x: e.x, y: e.y });
      over = e;
    },
    up: finish,
    enter(e, app) {
      if (stroke?.plane === e.plane && stroke.slice === e.slice) return finish(e, app);
      stroke = { plane: e.plane, slice: e.slice, path: [{ x: e.x, y: e.y }], how: e.other ? opposite : how };
      over = e;
    },
    step(e) {
      if (stroke?.plane === e.plane && stroke.slice === e.slice) stroke.path.push({ x: e.x, y: e.y });
      over = e;
    },
    cancel() {
      const had = stroke !== null;
      stroke = null;
      return had;
    },
    hover: (e) => {
      over = e;
    },
    draw(canvas, app) {
      if (stroke?.plane === canvas.plane && stroke.slice === canvas.slice) drawStroke(canvas, app, stroke);
      if (over?.plane === canvas.plane) drawRing(canvas, over, app.store.get().brush);
    },
    options: sizeControl,
  };
}

/** CSS pixels per unit in which a brush is measured. */
function scaleOf({ toScreen, geometry }: ToolCanvas): number {
  return (toScreen(1, 0).x - toScreen(0, 0).x) / geometry.pixel[0];
}

function drawStroke(canvas: ToolCanvas, { store }: App, { path, how, plane, slice }: Drawn): void {
  const { ctx, toScreen } = canvas;
  const open = shownCase(store.get());
  if (!open) return;
  const target = strokeTarget(open, { plane, slice, from: path[0] });
  const [r, g, b] = (target ?? newObject(freeId(open.timeline.now) ?? 1)).colour;
  ctx.beginPath();
  for (const { x, y } of [path[0], ...path]) {
    const at = toScreen(x, y);
    ctx.lineTo(at.x, at.y);
  }
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.lineWidth = store.get().brush * scaleOf(canvas);
  ctx.strokeStyle = how === 'or' ? `rgb(${r} ${g} ${b} / 55%)` : 'rgb(0 0 0 / 55%)';
  ctx.stroke();
}

function drawRing(canvas: ToolCanvas, at: Spot, size: number): void {
  const { ctx, toScreen } = canvas;
  const { x, y } = toScreen(at.x, at.y);
  for (const [style, width] of [['rgb(0 0 0 / 60%)', 3] as const, ['#fff', 1.25] as const]) {
    ctx.beginPath();
    ctx.arc(x, y, Math.max(1.5, (size / 2) * scaleOf(canvas)), 0, 2 * Math.PI);
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.stroke();
  }
}

function sizeControl(app: App): HTMLElement {
  const slider = el('input', {
    type: 'range',
    min: String(BRUSH.min),
    max: '100',
    title: 'Diameter in pixels ([ and ])',
    attrs: { 'aria-label': 'Brush size' },
  });
  const number = el('output', { className: 'brush-size' });
  slider.addEventListener('input', () => app.store.set({ brush: slider.valueAsNumber }));
  follow(app, ({ brush }) => {
    slider.value = String(brush);
    setText(number, `${brush} px`);
  });
  return el('label', { className: 'brush-options' }, 'Size', slider, number);
}
