/**
 * Where the image lies on the canvas: scale and offset, both in CSS pixels. Image coordinates are continuous, (0, 0) is
 * the outer corner of the first pixel. Pure arithmetic.
 */
export interface ViewTransform {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Width and height. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** Closest and farthest view, relative to the fitted one. */
export const ZOOM = { min: 0.5, max: 24 } as const;

/** The whole image in the middle of the canvas, `margin` CSS pixels from its borders. */
export function fitImage(image: Extent, canvas: Extent, margin = 0): ViewTransform {
  const scale = Math.max(
    1e-6,
    Math.min((canvas.width - 2 * margin) / image.width, (canvas.height - 2 * margin) / image.height),
  );
  return { scale, x: (canvas.width - image.width * scale) / 2, y: (canvas.height - image.height * scale) / 2 };
}

/** From canvas to image coordinates. */
export function toImage(t: ViewTransform, x: number, y: number): { x: number; y: number } {
  return { x: (x - t.x) / t.scale, y: (y - t.y) / t.scale };
}

/** From image to canvas coordinates. */
export function toCanvas(t: ViewTransform, x: number, y: number): { x: number; y: number } {
  return { x: x * t.scale + t.x, y: y * t.scale + t.y };
}

/** Zooms by `factor` about a point of the canvas, within `ZOOM` of the fitted scale. */
export function zoomAt(t: ViewTransform, factor: number, x: number, y: number, fitted: number): ViewTransform {
  const scale = Math.min(fitted * ZOOM.max, Math.max(fitted * ZOOM.min, t.scale * factor));
  const p = toImage(t, x, y);
  return { scale, x: x - p.x * scale, y: y - p.y * scale };
}

/** Moves the view, keeping at least a quarter of the image or of the canvas (whichever is less) in sight. */
export function pan(t: ViewTransform, dx: number, dy: number, image: Extent, canvas: Extent): ViewTransform {
  const keep = (at: number, size: number, room: number) => {
    const least = Math.min(size, room) / 4;
    return Math.min(room - least, Math.max(least - size, at));
  };
  return {
    scale: t.scale,
    x: keep(t.x + dx, image.width * t.scale, canvas.width),
    y: keep(t.y + dy, image.height * t.scale, canvas.height),
  };
}

/** Whether a point in image coordinates lies on the image. */
export function inside(p: { x: number; y: number }, image: Extent): boolean {
  return p.x >= 0 && p.y >= 0 && p.x <= image.width && p.y <= image.height;
}
