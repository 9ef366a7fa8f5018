/** What the page itself draws over a volume: its box, the outlines of the three planes at the crosshair, the orientation cube. */
import type { Triple } from '../data/affine';
import { axesOf, type Camera, type Side } from './document/camera';
import { pixelOf, type Rays, raysOf } from './document/rays';
import { clipBox } from './document/volumeLook';
import { shownCase } from './state';
import { volumeLookOf } from './volumeState';
import type { VolumeHandle } from './volumeView';

/** Draws the overlay as the state is now. */
export function paintVolumeOverlay({ app, canvas, size }: VolumeHandle): void {
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('page: the browser gives no 2-D canvas');
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const s = app.store.get();
  const open = shownCase(s);
  if (!open) return;
  const look = volumeLookOf(s, open.info.id);
  const rays = raysOf(open.info, look.camera, size);
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  ctx.lineJoin = 'round';
  const box = clipBox(open.info, look);
  drawBox(ctx, rays, box);
  if (s.view.crosshair) drawCrosshair(ctx, rays, box, open.look.cross);
  drawCube(ctx, look.camera, { x: size.width - 38, y: 40 });
}

type Box = readonly [Triple, Triple];

/** The three planes' outlines, as far as they are not cut away, and the voxel in which they meet. */
function drawCrosshair(ctx: CanvasRenderingContext2D, rays: Rays, box: Box, voxel: Triple): void {
  const at = voxel.map((v) => v + 0.5) as unknown as Triple;
  for (const axis of [0, 1, 2] as const) {
    if (at[axis] >= box[0][axis] && at[axis] <= box[1][axis]) drawPlane(ctx, rays, box, axis, at[axis]);
  }
  drawMark(ctx, pixelOf(rays, at));
}

function strokePath(ctx: CanvasRenderingContext2D, points: readonly Triple[], rays: Rays): void {
  ctx.beginPath();
  for (const p of points) {
    const [x, y] = pixelOf(rays, p);
    ctx.lineTo(x, y);
  }
  ctx.closePath();
  ctx.stroke();
}

/** The corners of the box's cut across an axis, in turn. */
function cutOf([low, high]: Box, axis: 0 | 1 | 2, at: number): Triple[] {
  const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
  return [
    [low[b], low[c]],
    [high[b], low[c]],
    [high[b], high[c]],
    [low[b], high[c]],
  ].map(([u, v]) => {
    const p = [0, 0, 0];
    [p[axis], p[b], p[c]] = [at, u, v];
    return p as unknown as Triple;
  });
}

function drawBox(ctx: CanvasRenderingContext2D, rays: Rays, box: Box): void {
  ctx.strokeStyle = 'rgb(255 255 255 / 22%)';
  ctx.lineWidth = 1;
  for (const axis of [0, 1, 2] as const)
    for (const end of [0, 1] as const) strokePath(ctx, cutOf(box, axis, box[end][axis]), rays);
}

function drawPlane(ctx: CanvasRenderingContext2D, rays: Rays, box: Box, axis: 0 | 1 | 2, at: number): void {
  // As the crosshair in the planes.
  ctx.strokeStyle = 'rgb(120 200 255 / 60%)';
  ctx.lineWidth = 1.25;
  strokePath(ctx, cutOf(box, axis, at), rays);
}

/** The crosshair's voxel. */
function drawMark(ctx: CanvasRenderingContext2D, [x, y]: Triple): void {
  for (const [style, width] of [['rgb(0 0 0 / 60%)', 4] as const, ['rgb(120 200 255)', 1.75] as const]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.arc(x, y, 4, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

/** Half a side of the cube, CSS pixels. */
const CUBE = 15;

/** Sides with the patient's axis that each looks along, and the one that is upwards on it. */
const FACES: readonly (readonly [side: Side, normal: Triple, up: Triple])[] = [
  ['R', [1, 0, 0], [0, 0, 1]],
  ['L', [-1, 0, 0], [0, 0, 1]],
  ['A', [0, 1, 0], [0, 0, 1]],
  ['P', [0, -1, 0], [0, 0, 1]],
  ['S', [0, 0, 1], [0, 1, 0]],
  ['I', [0, 0, -1], [0, 1, 0]],
];

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The faces that are seen, each with its letter lying on it. */
function drawCube(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  middle: { readonly x: number; readonly y: number },
): void {
  const { right, up, near } = axesOf(camera);
  const onScreen = (v: Triple) => [dot(v, right), -dot(v, up)] as const;
  ctx.save();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = '600 19px system-ui, sans-serif';
  for (const [side, normal, upwards] of FACES) {
    const facing = dot(normal, near);
    if (facing < 0.02) continue;
    // Seen from outside, with `upwards` up, this is to the right.
    const [a, b, c] = [onScreen(cross(upwards, normal)), onScreen(upwards), onScreen(normal)];
    ctx.save();
    ctx.translate(middle.x + CUBE * c[0], middle.y + CUBE * c[1]);
    ctx.transform(a[0], a[1], -b[0], -b[1], 0, 0);
    const grey = Math.round(34 + 46 * facing);
    ctx.fillStyle = `rgb(${grey} ${grey + 8} ${grey + 16} / 92%)`;
    ctx.strokeStyle = 'rgb(255 255 255 / 55%)';
    ctx.lineWidth = 1;
    ctx.fillRect(-CUBE, -CUBE, 2 * CUBE, 2 * CUBE);
    ctx.strokeRect(-CUBE, -CUBE, 2 * CUBE, 2 * CUBE);
    ctx.fillStyle = '#fff';
    if (facing > 0.15) ctx.fillText(side, 0, 1.5);
    ctx.restore();
  }
  ctx.restore();
}
