/** Draws the stage: image, mask, outlines, points, keyboard cursor. Knows a 2-D context and values, no events. */
import { maskEdges, maskPixels } from './maskShape';
import type { Prompt, ShownImage } from './state';
import type { Extent, ViewTransform } from './viewTransform';
import { toCanvas } from './viewTransform';

/** Colours of the two models' masks, as in the style sheet; told apart by lightness, too. */
export const MASK_COLOURS = { base: [255, 186, 73], adapted: [53, 208, 230] } as const;

/** A mask ready to be drawn. */
export interface MaskPicture {
  readonly fill: OffscreenCanvas;
  readonly outline: Path2D;
  readonly colour: readonly [number, number, number];
}

/** Prepares a mask of `width` × `height`. */
export function maskPicture(
  mask: ArrayLike<number>,
  { width, height }: Extent,
  colour: readonly [number, number, number],
): MaskPicture {
  const fill = new OffscreenCanvas(width, height);
  fill.getContext('2d')?.putImageData(new ImageData(maskPixels(mask, colour), width, height), 0, 0);
  return { fill, outline: outlinePath(mask, width, height), colour };
}

/** The border of a mask as a path in image coordinates. */
export function outlinePath(mask: ArrayLike<number>, width: number, height: number): Path2D {
  const path = new Path2D();
  const edges = maskEdges(mask, width, height);
  for (let i = 0; i < edges.length; i += 4) {
    path.moveTo(edges[i], edges[i + 1]);
    path.lineTo(edges[i + 2], edges[i + 3]);
  }
  return path;
}

/** What to draw. */
export interface Scene {
  readonly image: ShownImage;
  readonly mask: MaskPicture | null;
  /** The mask belongs to an earlier prompt; a new one is on its way. */
  readonly stale: boolean;
  readonly truth: Path2D | null;
  readonly points: Prompt;
  /** Image coordinates; null when the keyboard is elsewhere. */
  readonly cursor: { readonly x: number; readonly y: number } | null;
  readonly opacity: number;
  readonly outline: boolean;
}

/** Draws `scene` through `view` on a canvas of `size` CSS pixels with `ratio` device pixels each. */
export function drawScene(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  view: ViewTransform,
  size: Extent,
  ratio: number,
): void {
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, size.width, size.height);
  const place = () => ctx.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  place();
  const { image, mask } = scene;
  ctx.imageSmoothingEnabled = view.scale < 6;
  ctx.imageSmoothingQuality = 'high';
  ctx.drawImage(image.bitmap, 0, 0, image.width, image.height);
  if (mask) {
    ctx.globalAlpha = scene.opacity * (scene.stale ? 0.6 : 1);
    ctx.drawImage(mask.fill, 0, 0, image.width, image.height);
    ctx.globalAlpha = 1;
    if (scene.outline) strokeOutline(ctx, mask, view.scale);
  }
  if (scene.truth) strokeTruth(ctx, scene.truth, view.scale);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const p of scene.points) drawPoint(ctx, toCanvas(view, p.x, p.y), p.label);
  if (scene.cursor) drawCursor(ctx, toCanvas(view, scene.cursor.x, scene.cursor.y));
}

function strokeOutline(ctx: CanvasRenderingContext2D, { outline, colour }: MaskPicture, scale: number): void {
  ctx.lineCap = 'square';
  ctx.strokeStyle = 'rgb(0 0 0 / 55%)';
  ctx.lineWidth = 3.5 / scale;
  ctx.stroke(outline);
  ctx.strokeStyle = `rgb(${colour.join(' ')})`;
  ctx.lineWidth = 1.75 / scale;
  ctx.stroke(outline);
}

function strokeTruth(ctx: CanvasRenderingContext2D, truth: Path2D, scale: number): void {
  ctx.lineCap = 'square';
  ctx.strokeStyle = 'rgb(0 0 0 / 55%)';
  ctx.lineWidth = 3 / scale;
  ctx.stroke(truth);
  ctx.strokeStyle = '#fff';
  ctx.lineWidth = 1.25 / scale;
  ctx.stroke(truth);
}

const RADIUS = 8;
const POINT_COLOURS = ['#d9480f', '#2b8a3e'] as const;

/** A disc with a plus or a minus: told apart by shape and colour. */
function drawPoint(ctx: CanvasRenderingContext2D, { x, y }: { x: number; y: number }, label: 0 | 1): void {
  ctx.beginPath();
  ctx.arc(x, y, RADIUS + 2, 0, 2 * Math.PI);
  ctx.fillStyle = 'rgb(0 0 0 / 45%)';
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, RADIUS, 0, 2 * Math.PI);
  ctx.fillStyle = POINT_COLOURS[label];
  ctx.fill();
  ctx.strokeStyle = '#fff';
  ctx.lineWidth = 2;
  ctx.lineCap = 'round';
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - 3.5, y);
  ctx.lineTo(x + 3.5, y);
  if (label === 1) {
    ctx.moveTo(x, y - 3.5);
    ctx.lineTo(x, y + 3.5);
  }
  ctx.stroke();
}

function drawCursor(ctx: CanvasRenderingContext2D, { x, y }: { x: number; y: number }): void {
  ctx.lineCap = 'butt';
  for (const [style, width] of [['rgb(0 0 0 / 70%)', 4] as const, ['#fff', 2] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      ctx.moveTo(x + 5 * dx, y + 5 * dy);
      ctx.lineTo(x + 15 * dx, y + 15 * dy);
    }
    ctx.stroke();
  }
}
