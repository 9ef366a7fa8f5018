/** What is drawn over a slice with a 2-D context: outlines, points, box, crosses. Knows values, no events. */
import { maskEdges } from './maskShape';
import type { Extent } from './viewTransform';

type Spot = { readonly x: number; readonly y: number };

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

/** Strokes the outline of the truth; `scale` is CSS pixels per unit of the path. */
export function strokeTruth(ctx: CanvasRenderingContext2D, truth: Path2D, scale: number): void {
  ctx.lineCap = 'square';
  ctx.strokeStyle = 'rgb(0 0 0 / 55%)';
  ctx.lineWidth = 3 / scale;
  ctx.stroke(truth);
  ctx.strokeStyle = '#fff';
  ctx.lineWidth = 1.25 / scale;
  ctx.stroke(truth);
}

/** The prompt's box between two corners. */
export function drawBox(ctx: CanvasRenderingContext2D, a: Spot, b: Spot): void {
  for (const [style, width] of [['rgb(0 0 0 / 60%)', 4] as const, ['#fff', 1.75] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  }
}

/** The crosshair: where the other planes cut this one; open in the middle. */
export function drawCross(ctx: CanvasRenderingContext2D, at: Spot, size: Extent): void {
  const gap = 14;
  ctx.strokeStyle = 'rgb(120 200 255 / 55%)';
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const [x0, y0, x1, y1] of [
    [0, at.y, at.x - gap, at.y],
    [at.x + gap, at.y, size.width, at.y],
    [at.x, 0, at.x, at.y - gap],
    [at.x, at.y + gap, at.x, size.height],
  ]) {
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
  }
  ctx.stroke();
}

const RADIUS = 8;
const POINT_COLOURS = ['#d9480f', '#2b8a3e'] as const;

/** A disc with a plus or a minus: told apart by shape and colour. */
export function drawPoint(ctx: CanvasRenderingContext2D, { x, y }: Spot, label: 0 | 1): void {
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

/** The keyboard's cross. */
export function drawCursor(ctx: CanvasRenderingContext2D, { x, y }: Spot): void {
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
