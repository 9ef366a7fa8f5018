/** Distances in millimetres: a line is drawn by drag and stays until the next one. */
import type { App } from '../app';
import type { CaseInfo } from '../document/caseInfo';
import type { PlaneGeometry } from '../document/planes';
import { shownCase } from '../state';
import type { Tool, ToolEvent } from '../tool';

type Spot = readonly [x: number, y: number];

interface Line {
  readonly case: string;
  readonly plane: string;
  readonly slice: number;
  readonly from: Spot;
  to: Spot;
  /** Set by the keyboard: its other end is still looked for. */
  open?: boolean;
}

let line: Line | null = null;

/** The tool. */
export const tool: Tool = {
  id: 'ruler',
  label: 'Ruler',
  key: 'M',
  about: 'Drag to measure a distance',
  order: 80,
  down: begin,
  move: stretch,
  up: stretch,
  // The keyboard sets one end, then the other.
  enter(e, app) {
    const going = line?.open && line.plane === e.plane && line.slice === e.slice;
    if (going) stretch(e);
    else begin(e, app);
    if (line) line.open = !going;
  },
  step: (e) => {
    if (line?.open && line.plane === e.plane && line.slice === e.slice) stretch(e);
  },
  cancel() {
    const had = line !== null;
    line = null;
    return had;
  },
  draw({ ctx, plane, slice, geometry, toScreen }, { store }) {
    const info = shownCase(store.get())?.info;
    if (!line || !info || line.case !== info.id || line.plane !== plane || line.slice !== slice) return;
    const [a, b] = [toScreen(...line.from), toScreen(...line.to)];
    for (const [style, width] of [['rgb(0 0 0 / 70%)', 4] as const, ['#ffe066', 1.75] as const]) {
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.beginPath();
      ctx.moveTo(a.x, a.y);
      ctx.lineTo(b.x, b.y);
      ctx.stroke();
    }
    const text = showDistance(info, geometry, line.from, line.to);
    ctx.font = '600 13px ui-sans-serif, system-ui, sans-serif';
    ctx.lineWidth = 3;
    ctx.strokeStyle = 'rgb(0 0 0 / 80%)';
    // Beside the middle: the ends may lie at a border.
    const [x, y] = [(a.x + b.x) / 2 + 8, (a.y + b.y) / 2 - 8];
    ctx.strokeText(text, x, y);
    ctx.fillStyle = '#ffe066';
    ctx.fillText(text, x, y);
  },
};

function begin({ plane, slice, x, y }: ToolEvent, { store }: App): void {
  const open = shownCase(store.get());
  line = open && { case: open.info.id, plane, slice, from: [x, y], to: [x, y] };
}

function stretch({ x, y }: ToolEvent): void {
  if (line) line.to = [x, y];
}

/** Distance of two places on a slice in mm, or in pixels of an image, which has no millimetres. */
export function showDistance(
  { kind, spacing }: Pick<CaseInfo, 'kind' | 'spacing'>,
  { from: axis }: Pick<PlaneGeometry, 'from'>,
  a: Spot,
  b: Spot,
): string {
  const d = Math.hypot((b[0] - a[0]) * spacing[axis[0]], (b[1] - a[1]) * spacing[axis[1]]);
  return `${d.toFixed(1)} ${kind === 'image' ? 'px' : 'mm'}`;
}
