// Outlines of the shapes that scenes and phantoms are made of: closed polygons in pixels, ready for addPolygon.
import { addPolygon, type Layer } from './drawFill';
import { cosTurns, sinTurns } from './drawMath';
import type { Rng } from './rng';

/** Kinds of outline that `addShape` draws. */
export const shapeKinds = ['ellipse', 'polygon', 'blob', 'ring', 'star', 'rectangle', 'crescent'] as const;
/** Name of a kind of outline. */
export type ShapeKind = (typeof shapeKinds)[number];

/** Placement of a shape: centre and half-lengths of its axes in pixels, rotation in turns. */
export interface Frame {
  cx: number;
  cy: number;
  rx: number;
  ry: number;
  turn: number;
}

/**
 * Radii (about 1) of a smooth closed outline at n equal angles: 1 + a sum of `waves` Fourier terms whose amplitude falls
 * as k^-falloff; roughness scales them. Never below 0.25, so that the outline cannot turn inside out.
 */
export function blobRadii(n: number, waves: number, roughness: number, falloff: number, rng: Rng): Float64Array {
  const radii = new Float64Array(n).fill(1);
  for (let k = 2; k < 2 + waves; k++) {
    let scale = roughness;
    for (let f = 0; f < falloff; f++) scale /= k;
    const amplitude = scale * rng.uniform(0.4, 1.6);
    const phase = rng.uniform();
    for (let i = 0; i < n; i++) radii[i] += amplitude * cosTurns((i * k) / n + phase);
  }
  for (let i = 0; i < n; i++) if (radii[i] < 0.25) radii[i] = 0.25;
  return radii;
}

/** The closed outline of radii at equal angles in a frame: x, y pairs, running one way round (`reverse` the other way). */
export function radialPolygon(radii: ArrayLike<number>, frame: Frame, reverse = false): Float64Array {
  const n = radii.length;
  const xy = new Float64Array(2 * n);
  const c = cosTurns(frame.turn);
  const s = sinTurns(frame.turn);
  for (let i = 0; i < n; i++) {
    const t = (reverse ? n - i : i) / n;
    const r = radii[reverse ? (n - i) % n : i];
    const u = frame.rx * r * cosTurns(t);
    const v = frame.ry * r * sinTurns(t);
    xy[2 * i] = frame.cx + c * u - s * v;
    xy[2 * i + 1] = frame.cy + s * u + c * v;
  }
  return xy;
}

const circle = new Float64Array(40).fill(1);

/** Points that the outlines of one shape have at most: those of a ring. */
export const mostCorners = 2 * circle.length;

/** Adds one shape of a kind to a layer; random details (corners, arms, roughness) from rng. */
export function addShape(layer: Layer, kind: ShapeKind, frame: Frame, rng: Rng): void {
  for (const xy of outlines(kind, frame, rng)) addPolygon(layer, xy);
}

/** The closed outlines (x, y pairs in pixels, at most `mostCorners` points together) of one shape: a second one, the other way round, is a hole. */
export function outlines(kind: ShapeKind, frame: Frame, rng: Rng): Float64Array[] {
  if (kind === 'ellipse') return [radialPolygon(circle, frame)];
  if (kind === 'blob') return [radialPolygon(blobRadii(48, 4, rng.uniform(0.25, 0.6), 1, rng), frame)];
  if (kind === 'polygon') return [radialPolygon(cornerRadii(rng), frame)];
  if (kind === 'star') return [radialPolygon(starRadii(rng), frame)];
  if (kind === 'rectangle') return [rectangle(frame)];
  return kind === 'ring' ? ringOutlines(frame, rng) : [crescent(frame, rng)];
}

function cornerRadii(rng: Rng): Float64Array {
  const radii = new Float64Array(rng.int(3, 7));
  for (let i = 0; i < radii.length; i++) radii[i] = rng.uniform(0.75, 1.1);
  return radii;
}

function starRadii(rng: Rng): Float64Array {
  const radii = new Float64Array(2 * rng.int(4, 8));
  const inner = rng.uniform(0.45, 0.7);
  for (let i = 0; i < radii.length; i++) radii[i] = i % 2 === 0 ? 1.1 : inner;
  return radii;
}

function rectangle(frame: Frame): Float64Array {
  const c = cosTurns(frame.turn);
  const s = sinTurns(frame.turn);
  const u = [-0.9, 0.9, 0.9, -0.9];
  const v = [-0.9, -0.9, 0.9, 0.9];
  const xy = new Float64Array(8);
  for (let i = 0; i < 4; i++) {
    xy[2 * i] = frame.cx + c * u[i] * frame.rx - s * v[i] * frame.ry;
    xy[2 * i + 1] = frame.cy + s * u[i] * frame.rx + c * v[i] * frame.ry;
  }
  return xy;
}

function ringOutlines(frame: Frame, rng: Rng): Float64Array[] {
  const hole = rng.uniform(0.4, 0.65);
  const inner = { ...frame, rx: frame.rx * hole, ry: frame.ry * hole };
  return [radialPolygon(circle, frame), radialPolygon(circle, inner, true)];
}

/** A moon: the outer half circle there, a flatter arc back. */
function crescent(frame: Frame, rng: Rng): Float64Array {
  const n = 20;
  const bow = rng.uniform(-0.1, 0.45);
  const xy = new Float64Array(4 * n);
  const c = cosTurns(frame.turn);
  const s = sinTurns(frame.turn);
  for (let i = 0; i < 2 * n; i++) {
    const t = i < n ? i / (2 * (n - 1)) : (2 * n - 1 - i) / (2 * (n - 1));
    const u = frame.rx * 1.15 * cosTurns(t);
    const v = frame.ry * 1.3 * ((i < n ? 1 : bow) * sinTurns(t) - 0.4);
    xy[2 * i] = frame.cx + c * u - s * v;
    xy[2 * i + 1] = frame.cy + s * u + c * v;
  }
  return xy;
}
