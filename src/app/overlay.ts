/** What the page itself draws over a slice: points and box of the prompt, the true outline, crosshair, the tool, the keyboard's cross. */

import type { CaseInfo } from './document/caseInfo';
import { planesOf, sliceOf } from './document/look';
import { pixelAt, planeOf, slicePixels } from './document/planes';
import { drawBox, drawCross, drawCursor, drawPoint, outlinePath, strokeTruth } from './draw';
import { objectMask } from './maskShape';
import type { PlaneHandle } from './planeView';
import { drawScaleBar } from './scaleBar';
import { promptOf, shownCase } from './state';
import { type ToolCanvas, toolOf } from './tool';
import { toCanvas } from './viewTransform';

/** A function that draws the overlay of a plane as the state is now. */
export function makeOverlay(h: PlaneHandle): () => void {
  const ctx = h.canvas.getContext('2d');
  if (!ctx) throw new Error('page: the browser gives no 2-D canvas');
  const truth = makeTruth();
  return () => {
    const s = h.app.store.get();
    const open = shownCase(s);
    const ratio = devicePixelRatio;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    if (!open || !planesOf(open.info).includes(h.plane)) return;
    const g = planeOf(open.info, h.plane);
    const slice = sliceOf(open.info, open.look, h.plane);
    const view = h.view();
    const toScreen = (x: number, y: number) => toCanvas(view, x * g.pixel[0], y * g.pixel[1]);
    const canvas: ToolCanvas = { ctx, plane: h.plane, slice, geometry: g, toScreen };
    if (s.view.truth && open.info.truth) {
      const [sx, sy] = [view.scale * g.pixel[0], view.scale * g.pixel[1]];
      ctx.setTransform(ratio * sx, 0, 0, ratio * sy, ratio * view.x, ratio * view.y);
      strokeTruth(ctx, truth(open.info, h.plane, slice), Math.min(sx, sy));
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (s.view.crosshair && planesOf(open.info).length > 1 && s.layout === 'all') {
      const [x, y] = pixelAt(g, open.look.cross);
      drawCross(ctx, toScreen(x + 0.5, y + 0.5), h.size);
    }
    if (h.plane === open.look.plane) {
      const { box, points } = promptOf(s);
      if (box) drawBox(ctx, toScreen(box[0], box[1]), toScreen(box[2], box[3]));
      for (const p of points) drawPoint(ctx, toScreen(p.x, p.y), p.label);
    }
    if (open.info.kind === 'volume') {
      const mm = Math.min(...[0, 1].map((a) => open.info.spacing[g.from[a]]));
      drawScaleBar(ctx, view.scale / mm, h.size, 50);
    }
    toolOf(s.tool).draw?.(canvas, h.app);
    if (h.cursor) drawCursor(ctx, toScreen(h.cursor.x, h.cursor.y));
  };
}

/** Outlines of the true objects on a slice; the last one is kept. */
function makeTruth(): (info: CaseInfo, plane: PlaneHandle['plane'], slice: number) => Path2D {
  let last: { info: CaseInfo; slice: number; path: Path2D } | null = null;
  return (info, plane, slice) => {
    if (last && last.info === info && last.slice === slice) return last.path;
    const path = new Path2D();
    const g = planeOf(info, plane);
    if (info.truth) {
      const labels = slicePixels(info.truth.labels, g, info.dims, slice);
      for (const { values } of info.truth.objects)
        path.addPath(outlinePath(objectMask(labels, values), g.columns, g.rows));
    }
    last = { info, slice, path };
    return path;
  };
}
