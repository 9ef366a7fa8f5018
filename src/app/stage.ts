/** The canvas: keeps it sharp, redraws when something changed, and turns pointer and keys into points and views. */
import type { Controller } from './controller';
import { byId } from './dom';
import { drawScene, MASK_COLOURS, type MaskPicture, maskPicture, outlinePath } from './draw';
import { objectMask } from './maskShape';
import type { PredictionInfo, Which } from './protocol';
import { type AppState, candidateOf, predictionOf, promptOf, type ShownImage } from './state';
import type { Store } from './store';
import { type Extent, fitImage, inside, pan, toCanvas, toImage, type ViewTransform, zoomAt } from './viewTransform';

/** What other parts may ask of the stage. */
export interface Stage {
  fitView(): void;
  zoom(factor: number): void;
  /** Hides the mask while true. */
  hideMask(hidden: boolean): void;
}

const MARGIN = 16;

interface Look {
  size: Extent;
  view: ViewTransform;
  /** The view was moved by hand: a new size does not fit it anew. */
  moved: boolean;
  hidden: boolean;
  cursor: { x: number; y: number } | null;
  shownId: string | null;
  mask: {
    readonly p: PredictionInfo;
    readonly at: number;
    readonly which: Which;
    readonly picture: MaskPicture;
  } | null;
  truth: { readonly id: string; readonly path: Path2D } | null;
  scheduled: boolean;
}

/** Starts the stage on the page's canvas. */
export function makeStage(store: Store<AppState>, control: Controller): Stage {
  const canvas = byId('canvas', HTMLCanvasElement);
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('page: the browser gives no 2-D canvas');
  const look: Look = {
    ...{ size: { width: 1, height: 1 }, view: { scale: 1, x: 0, y: 0 }, moved: false, hidden: false, cursor: null },
    ...{ shownId: null, mask: null, truth: null, scheduled: false },
  };
  const draw = () => {
    look.scheduled = false;
    render(ctx, store.get(), look);
  };
  const redraw = () => {
    if (look.scheduled) return;
    look.scheduled = true;
    requestAnimationFrame(draw);
  };
  const refit = () => {
    const { image } = store.get();
    if (image) look.view = fitImage(image, look.size, MARGIN);
    look.moved = false;
    redraw();
  };
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    look.size = { width: Math.max(1, width), height: Math.max(1, height) };
    canvas.width = Math.round(look.size.width * devicePixelRatio);
    canvas.height = Math.round(look.size.height * devicePixelRatio);
    if (look.moved) redraw();
    else refit();
    // At once: a resized canvas is blank until it is drawn on.
    draw();
  }).observe(canvas);
  store.watch((s) => {
    if (s.image && s.image.id !== look.shownId) {
      look.shownId = s.image.id;
      look.cursor = null;
      refit();
    } else redraw();
  });
  listenPointer(canvas, store, control, look, redraw);
  listenKeys(canvas, store, control, look, redraw);
  const middle = () => [look.size.width / 2, look.size.height / 2] as const;
  return {
    fitView: refit,
    zoom(factor) {
      zoomLook(look, store.get().image, factor, ...middle());
      redraw();
    },
    hideMask(hidden) {
      look.hidden = hidden;
      redraw();
    },
  };
}

function zoomLook(look: Look, image: ShownImage | null, factor: number, x: number, y: number): void {
  if (!image) return;
  look.view = zoomAt(look.view, factor, x, y, fitImage(image, look.size, MARGIN).scale);
  look.moved = true;
}

function render(ctx: CanvasRenderingContext2D, s: AppState, look: Look): void {
  if (!s.image) {
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    return;
  }
  const points = promptOf(s);
  const now = predictionOf(s);
  if (!points.length || !s.image || look.mask?.p.width !== s.image.width) look.mask = null;
  if (now) look.mask = maskOf(now, s, look.mask);
  const { opacity, outline, truth } = s.view;
  const mask = look.hidden ? null : (look.mask?.picture ?? null);
  const path = truth ? truthPath(s.image, look) : null;
  const scene = { image: s.image, mask, stale: !now, truth: path, points, cursor: look.cursor, opacity, outline };
  drawScene(ctx, scene, look.view, look.size, devicePixelRatio);
}

/** The picture of the mask looked at, made once. */
function maskOf(p: PredictionInfo, s: AppState, old: Look['mask']): NonNullable<Look['mask']> {
  const at = candidateOf(p, s.candidate);
  if (old && old.p === p && old.at === at && old.which === s.which) return old;
  const n = p.width * p.height;
  const picture = maskPicture(p.masks.subarray(at * n, (at + 1) * n), p, MASK_COLOURS[s.which]);
  return { p, at, which: s.which, picture };
}

function truthPath(image: ShownImage, look: Look): Path2D | null {
  if (!image.truth) return null;
  if (look.truth?.id === image.id) return look.truth.path;
  const path = new Path2D();
  for (const { values } of image.truth.objects) {
    path.addPath(outlinePath(objectMask(image.truth.labels, values), image.width, image.height));
  }
  look.truth = { id: image.id, path };
  return path;
}

/** CSS pixels within which a click is on a point. */
const NEAR = 12;

function listenPointer(
  canvas: HTMLCanvasElement,
  store: Store<AppState>,
  control: Controller,
  look: Look,
  redraw: () => void,
): void {
  let drag: { x: number; y: number } | null = null;
  const at = (e: MouseEvent) => ({ x: e.offsetX, y: e.offsetY });
  canvas.addEventListener('contextmenu', (e) => e.preventDefault());
  canvas.addEventListener('pointerdown', (e) => {
    const { image, pen } = store.get();
    if (!image) return;
    if (e.button === 1) {
      drag = at(e);
      canvas.setPointerCapture(e.pointerId);
      e.preventDefault();
      return;
    }
    const p = toImage(look.view, e.offsetX, e.offsetY);
    if (!inside(p, image)) return;
    look.cursor = null;
    if (e.shiftKey) return removeNear(store.get(), control, look, at(e));
    const other = e.button === 2 || e.altKey || e.ctrlKey;
    control.addPoint({ ...rounded(p), label: other ? (pen === 1 ? 0 : 1) : pen });
  });
  canvas.addEventListener('pointermove', (e) => {
    const { image } = store.get();
    if (!drag || !image) return;
    const to = at(e);
    look.view = pan(look.view, to.x - drag.x, to.y - drag.y, image, look.size);
    look.moved = true;
    drag = to;
    redraw();
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, () => {
      drag = null;
    });
  canvas.addEventListener(
    'wheel',
    (e) => {
      e.preventDefault();
      zoomLook(look, store.get().image, Math.exp(-e.deltaY * 0.0015), e.offsetX, e.offsetY);
      redraw();
    },
    { passive: false },
  );
}

/** Points are given to a tenth of a pixel: equal clicks are then equal prompts. */
const rounded = (p: { x: number; y: number }) => ({ x: Math.round(p.x * 10) / 10, y: Math.round(p.y * 10) / 10 });

function removeNear(s: AppState, control: Controller, look: Look, at: { x: number; y: number }): void {
  const distance = promptOf(s).map((p) => {
    const c = toCanvas(look.view, p.x, p.y);
    return Math.hypot(c.x - at.x, c.y - at.y);
  });
  const nearest = distance.indexOf(Math.min(...distance));
  if (nearest >= 0 && distance[nearest] <= NEAR) control.removePoint(nearest);
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Arrow keys move a cross, Enter sets a point there. */
function listenKeys(
  canvas: HTMLCanvasElement,
  store: Store<AppState>,
  control: Controller,
  look: Look,
  redraw: () => void,
): void {
  canvas.addEventListener('keydown', (e) => {
    const { image, pen } = store.get();
    if (!image) return;
    const arrow = ARROWS[e.key];
    if (arrow) {
      const step = (e.shiftKey ? 0.1 : 0.01) * Math.max(image.width, image.height);
      const from = look.cursor ?? { x: image.width / 2, y: image.height / 2 };
      look.cursor = {
        x: Math.min(image.width, Math.max(0, from.x + arrow[0] * step)),
        y: Math.min(image.height, Math.max(0, from.y + arrow[1] * step)),
      };
    } else if (e.key === 'Enter') {
      look.cursor ??= { x: image.width / 2, y: image.height / 2 };
      control.addPoint({ ...rounded(look.cursor), label: e.altKey ? (pen === 1 ? 0 : 1) : pen });
    } else return;
    e.preventDefault();
    redraw();
  });
  canvas.addEventListener('blur', () => {
    look.cursor = null;
    redraw();
  });
}
