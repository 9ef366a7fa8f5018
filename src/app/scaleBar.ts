/** The scale bar of a plane: a round number of millimetres, drawn at the lower right. */
import type { Extent } from './viewTransform';

/** Longest bar, as a part of the width of the canvas. */
const LONGEST = 0.25;

/** The longest of 1, 2, 5, 10, 20, 50, … mm that is not longer than `most` CSS pixels; null where not even that of 0.1 mm fits. */
export function barOf(pixelsPerMm: number, most: number): { readonly mm: number; readonly length: number } | null {
  if (!(pixelsPerMm > 0)) return null;
  const power = 10 ** Math.floor(Math.log10(most / pixelsPerMm));
  const mm = [5, 2, 1].map((k) => k * power).find((v) => v * pixelsPerMm <= most);
  return mm !== undefined && mm >= 0.1 ? { mm, length: mm * pixelsPerMm } : null;
}

/** `5 cm`, `20 mm`, `0.5 mm`. */
export function barText(mm: number): string {
  return mm >= 50 ? `${mm / 10} cm` : `${Number(mm.toPrecision(1))} mm`;
}

/** Draws it. `foot`: CSS pixels at the lower border that are taken. */
export function drawScaleBar(ctx: CanvasRenderingContext2D, pixelsPerMm: number, size: Extent, foot: number): void {
  const bar = barOf(pixelsPerMm, size.width * LONGEST);
  if (!bar || size.height < 120) return;
  const [right, y] = [size.width - 14, size.height - foot];
  const left = right - bar.length;
  ctx.lineCap = 'butt';
  for (const [style, width] of [['rgb(0 0 0 / 70%)', 4] as const, ['#fff', 1.5] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(left, y - 5);
    ctx.lineTo(left, y);
    ctx.lineTo(right, y);
    ctx.lineTo(right, y - 5);
    ctx.stroke();
  }
  ctx.font = '12px ui-sans-serif, system-ui, sans-serif';
  ctx.textAlign = 'right';
  ctx.lineWidth = 3;
  ctx.strokeStyle = 'rgb(0 0 0 / 70%)';
  ctx.strokeText(barText(bar.mm), right, y - 8);
  ctx.fillStyle = '#fff';
  ctx.fillText(barText(bar.mm), right, y - 8);
  ctx.textAlign = 'left';
}
