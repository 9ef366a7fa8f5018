import type { TrainItem } from '../../train/trainItem';
import { encodePng, type RgbImage } from '../image';

/** Colours of truth, before and after. */
const COLOURS = { truth: [60, 200, 90], before: [240, 150, 30], after: [70, 150, 255] } as const;
/** Smallest width of a panel in pixels: small inputs are enlarged by whole numbers. */
const PANEL = 256;
const GAP = 4;

/** A PNG of four panels side by side: image with its prompt, truth, mask before, mask after. */
export function overlayPng(item: TrainItem, before: Uint8Array, after: Uint8Array): Uint8Array {
  const side = Math.sqrt(item.mask.length);
  const [h, w] = item.inputSize;
  const zoom = Math.max(1, Math.round(PANEL / side));
  const panels = [
    withPrompt(plain(item, side), item, zoom, side),
    masked(item, side, item.mask, COLOURS.truth),
    masked(item, side, before, COLOURS.before),
    masked(item, side, after, COLOURS.after),
  ];
  const width = panels.length * (w * zoom + GAP) - GAP;
  const data = new Uint8Array(width * h * zoom * 3).fill(255);
  panels.forEach((panel, i) => {
    for (let y = 0; y < h * zoom; y++) {
      for (let x = 0; x < w * zoom; x++) {
        const to = 3 * (y * width + i * (w * zoom + GAP) + x);
        for (let c = 0; c < 3; c++) data[to + c] = panel(Math.floor(x / zoom), Math.floor(y / zoom), c, x, y);
      }
    }
  });
  return encodePng({ width, height: h * zoom, data });
}

/** What one panel shows over its image: its prompt, or a mask in one of the colours. */
export type PanelOver = 'prompt' | { readonly mask: Uint8Array; readonly colour: keyof typeof COLOURS };

/** One panel in the size of the model's input. */
export function panelOf(item: TrainItem, over: PanelOver): RgbImage {
  const side = Math.sqrt(item.mask.length);
  const [height, width] = item.inputSize;
  const of =
    over === 'prompt'
      ? withPrompt(plain(item, side), item, 1, side)
      : masked(item, side, over.mask, COLOURS[over.colour]);
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = of(x, y, c, x, y);
  return { width, height, data };
}

/** Channel c of pixel (x, y) of the input; (px, py) is the same place in the enlarged panel. */
type Panel = (x: number, y: number, c: number, px: number, py: number) => number;

const plain =
  (item: TrainItem, side: number): Panel =>
  (x, y, c) =>
    item.image[3 * (y * side + x) + c];

/** The image with a tinted mask whose outline is solid. */
function masked(item: TrainItem, side: number, mask: Uint8Array, colour: readonly number[]): Panel {
  const image = plain(item, side);
  const inside = (x: number, y: number) => x >= 0 && y >= 0 && x < side && y < side && mask[y * side + x] === 1;
  return (x, y, c, px, py) => {
    if (!inside(x, y)) return image(x, y, c, px, py);
    const edge = !inside(x - 1, y) || !inside(x + 1, y) || !inside(x, y - 1) || !inside(x, y + 1);
    const part = edge ? 1 : 0.35;
    return Math.round((1 - part) * image(x, y, c, px, py) + part * colour[c]);
  };
}

/** Points as crosses, boxes as frames, in yellow. */
function withPrompt(image: Panel, item: TrainItem, zoom: number, side: number): Panel {
  const place = (i: number, axis: number) => Math.round((item.points[2 * i + axis] + 0.5) * zoom);
  const real = [...item.labels.keys()].filter((i) => item.labels[i] !== -1);
  const corners = [real.find((i) => item.labels[i] === 2), real.find((i) => item.labels[i] === 3)];
  const points = real.filter((i) => item.labels[i] === 0 || item.labels[i] === 1);
  const arm = Math.max(4, Math.round((side * zoom) / 40));
  const hit = (px: number, py: number) => {
    const onCross = points.some((i) => {
      const [dx, dy] = [Math.abs(px - place(i, 0)), Math.abs(py - place(i, 1))];
      return (dx <= 1 && dy <= arm) || (dy <= 1 && dx <= arm);
    });
    const [a, b] = corners;
    if (onCross || a === undefined || b === undefined) return onCross;
    const inX = px >= place(a, 0) && px <= place(b, 0);
    const inY = py >= place(a, 1) && py <= place(b, 1);
    const onX = [a, b].some((i) => Math.abs(px - place(i, 0)) <= 1);
    const onY = [a, b].some((i) => Math.abs(py - place(i, 1)) <= 1);
    return (onX && inY) || (onY && inX);
  };
  return (x, y, c, px, py) => (hit(px, py) ? [255, 230, 0][c] : image(x, y, c, px, py));
}

/** A file name for an item: what is not a letter, digit, dot or dash becomes _. */
export function overlayName(i: number, item: TrainItem): string {
  const safe = `${item.id}-${item.className}`
    .replace(/[^\p{L}\p{N}.-]+/gu, '_')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return `${String(i).padStart(2, '0')}-${safe}.png`;
}
