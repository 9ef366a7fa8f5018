// Antialiased filling of polygons by signed-area accumulation: every edge adds the area to its right, row by row, and a
// running sum along the row turns that into coverage. Exact for pixels inside the picture, whatever the shape.
// Pixel (x, y) is the square [x, x+1] x [y, y+1]. Not responsible for colour.

/** A coverage layer of a picture: accumulate outlines with `addPolygon`/`addStroke`, then `resolve` into `cov` (H*W, 0..1). */
export interface Layer {
  readonly width: number;
  readonly height: number;
  readonly acc: Float32Array;
  readonly cov: Float32Array;
  /** Box of the pixels touched, x1 and y1 excluded; outside it `cov` is 0 after `resolve`. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** An empty layer for pictures of width x height pixels. */
export function createLayer(width: number, height: number): Layer {
  const acc = new Float32Array((width + 2) * height);
  return { width, height, acc, cov: new Float32Array(width * height), x0: width, y0: height, x1: 0, y1: 0 };
}

/** Empties a layer for reuse. */
export function clearLayer(layer: Layer): void {
  layer.acc.fill(0);
  layer.cov.fill(0);
  layer.x0 = layer.width;
  layer.y0 = layer.height;
  layer.x1 = 0;
  layer.y1 = 0;
}

/** Adds a closed polygon given as x, y pairs in pixels; contours of opposite direction cut holes. */
export function addPolygon(layer: Layer, xy: ArrayLike<number>): void {
  const n = xy.length;
  let px = xy[n - 2];
  let py = xy[n - 1];
  for (let i = 0; i < n; i += 2) {
    const x = xy[i];
    const y = xy[i + 1];
    grow(layer, x, y);
    addEdge(layer, px, py, x, y);
    px = x;
    py = y;
  }
}

/** Adds a line of the given points (x, y pairs) whose width runs from w0 to w1 pixels; joints are rounded by small squares. */
export function addStroke(layer: Layer, xy: ArrayLike<number>, w0: number, w1: number): void {
  const segments = xy.length / 2 - 1;
  for (let s = 0; s < segments; s++) {
    const i = 2 * s;
    const dx = xy[i + 2] - xy[i];
    const dy = xy[i + 3] - xy[i + 1];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length === 0) continue;
    const a = (w0 + ((w1 - w0) * s) / segments) / 2;
    const b = (w0 + ((w1 - w0) * (s + 1)) / segments) / 2;
    const nx = -dy / length;
    const ny = dx / length;
    const [x0, y0, x1, y1] = [xy[i], xy[i + 1], xy[i + 2], xy[i + 3]];
    // All quads run the same way round, so that overlaps add up and are cut to 1 by resolve().
    addPolygon(layer, [
      x0 + nx * a,
      y0 + ny * a,
      x0 - nx * a,
      y0 - ny * a,
      x1 - nx * b,
      y1 - ny * b,
      x1 + nx * b,
      y1 + ny * b,
    ]);
  }
}

function grow(layer: Layer, x: number, y: number): void {
  if (x < layer.x0) layer.x0 = Math.max(0, Math.floor(x));
  if (y < layer.y0) layer.y0 = Math.max(0, Math.floor(y));
  if (x >= layer.x1) layer.x1 = Math.min(layer.width, Math.floor(x) + 1);
  if (y >= layer.y1) layer.y1 = Math.min(layer.height, Math.floor(y) + 1);
}

function addEdge(layer: Layer, ax: number, ay: number, bx: number, by: number): void {
  if (ay === by) return;
  const down = ay < by;
  const [x0, y0, x1, y1] = down ? [ax, ay, bx, by] : [bx, by, ax, ay];
  const slope = (x1 - x0) / (y1 - y0);
  const first = Math.max(0, Math.floor(y0));
  const last = Math.min(layer.height, Math.ceil(y1));
  for (let y = first; y < last; y++) {
    const top = Math.max(y, y0);
    const bottom = Math.min(y + 1, y1);
    const dy = down ? bottom - top : top - bottom;
    const xa = x0 + (top - y0) * slope;
    const xb = x0 + (bottom - y0) * slope;
    addSpan(layer.acc, y * (layer.width + 2), layer.width, dy, Math.min(xa, xb), Math.max(xa, xb));
  }
}

/** One edge within one pixel row: signed height, from left to right (left <= right), spread over the cells it crosses. */
function addSpan(acc: Float32Array, row: number, width: number, height: number, left: number, right: number): void {
  if (left >= width) return; // nothing to its right is in the picture
  let d = height;
  let xa = left;
  let xb = right;
  if (xb > width) {
    d *= (width - xa) / (xb - xa);
    xb = width;
  }
  if (xa < 0) {
    const hidden = xb <= 0 ? d : (-d * xa) / (xb - xa); // left of the picture: covers the whole row
    acc[row] += hidden;
    if (xb <= 0) return;
    d -= hidden;
    xa = 0;
  }
  const i = Math.floor(xa);
  const end = Math.ceil(xb);
  if (end <= i + 1) {
    const part = d * (0.5 * (xa + xb) - i);
    acc[row + i] += d - part;
    acc[row + i + 1] += part;
    return;
  }
  const s = 1 / (xb - xa);
  let covered = 0; // area right of the edge within the cells so far, as a running sum
  for (let x = i; x < end; x++) {
    const from = Math.max(x, xa);
    const to = Math.min(x + 1, xb);
    const share = (to - from) * s; // share of the edge inside this cell
    const full = (from - xa) * s; // share that lies to the left: its area covers this cell wholly
    const area = full + share * (x + 1 - 0.5 * (from + to));
    acc[row + x] += d * (area - covered);
    covered = area;
  }
  acc[row + end] += d * (1 - covered);
}

/** Turns the accumulated outlines into coverage 0..1 in `layer.cov` and clears the accumulator. */
export function resolve(layer: Layer): void {
  const { acc, cov, width } = layer;
  for (let y = layer.y0; y < layer.y1; y++) {
    let sum = 0;
    const row = y * (width + 2);
    const out = y * width;
    for (let x = 0; x < layer.x1; x++) {
      sum += acc[row + x];
      const a = sum < 0 ? -sum : sum;
      cov[out + x] = a < 1e-4 ? 0 : Math.min(a, 1);
    }
    acc.fill(0, row, row + width + 2);
  }
}
