/** Draws over a slice what was found inside: the map, the token looked from and its window, the trial click. */
import { drawPoint } from '../draw';
import type { AttentionMap, TokenMap } from '../insideProtocol';
import type { AppState } from '../state';
import { shownCase } from '../state';
import type { ToolCanvas } from '../tool';
import { mapCanvas } from './heat';
import { overlayOn } from './insideState';

/** Everything on the slice of `canvas`. */
export function drawInside(canvas: ToolCanvas, s: AppState): void {
  const open = shownCase(s);
  if (!open || s.hidden) return;
  const { plane, slice } = canvas;
  const place = { case: open.info.id, plane, slice };
  const over = overlayOn(s.inside, place);
  if (over) drawMap(canvas, over.map, over.signed);
  if (over && s.inside.overlay === 'attention' && s.inside.attention) drawToken(canvas, s.inside.attention.value);
  const { click } = s.inside;
  if (click && click.case === place.case && click.plane === plane && click.slice === slice)
    drawPoint(canvas.ctx, canvas.toScreen(click.x, click.y), click.label);
}

function drawMap({ ctx, geometry, toScreen }: ToolCanvas, map: TokenMap, signed: boolean): void {
  const from = toScreen(0, 0);
  const to = toScreen(map.columns * map.cell[0], map.rows * map.cell[1]);
  const end = toScreen(geometry.columns, geometry.rows);
  ctx.save();
  ctx.beginPath();
  // The model pads images that are not square; no token lies beyond the image.
  ctx.rect(from.x, from.y, end.x - from.x, end.y - from.y);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(mapCanvas(map, signed), from.x, from.y, to.x - from.x, to.y - from.y);
  ctx.restore();
}

function drawToken({ ctx, toScreen }: ToolCanvas, { token: [row, column], cell: [width, height] }: AttentionMap): void {
  const a = toScreen(column * width, row * height);
  const b = toScreen((column + 1) * width, (row + 1) * height);
  for (const [style, line] of [['rgb(0 0 0 / 70%)', 4] as const, ['#fff', 1.75] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = line;
    ctx.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  }
}
