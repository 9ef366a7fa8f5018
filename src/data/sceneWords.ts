// Plans of scenes as the words that the GPU paints from. Everything that decides masks is rounded to whole numbers here, by arithmetic
// that is the same on every machine, so that devices cannot disagree about them.
import { SCENE } from '../ops/scenes';
import { clamp } from './drawMath';
import type { Noise, PlannedShape, ScenePlan } from './scenePlan';
import type { Brush, Camera, Surface } from './scenesPaint';

/** Writes words and floats (as their bits) at given places. */
interface Pen {
  words(at: number, ...values: number[]): void;
  floats(at: number, ...values: number[]): void;
}

function penOn(out: Uint32Array): Pen {
  const view = new Float32Array(out.buffer, out.byteOffset, out.length);
  return { words: (at, ...values) => out.set(values, at), floats: (at, ...values) => view.set(values, at) };
}

/**
 * The words of plans of one size, [B, SCENE.words]: see `SCENE`. The layers tell the shaders where their edges begin, so a
 * scene's words depend on its place in the batch.
 */
export function sceneWords(plans: readonly ScenePlan[]): Uint32Array {
  const all = new Uint32Array(plans.length * SCENE.words);
  for (const [b, plan] of plans.entries()) {
    const base = b * SCENE.words;
    const pen = penOn(all.subarray(base, base + SCENE.words));
    writeHead(pen, plan);
    const middle = { cx: plan.size / 2, cy: plan.size / 2 };
    writeSurface(pen, SCENE.head, plan.ground.surface, plan.ground.brush, middle);
    pen.floats(SCENE.head, ...plan.ground.surface.base);
    for (const [k, shape] of plan.shapes.entries()) {
      const edges = SCENE.head + SCENE.layers * SCENE.layer + k * SCENE.edges * 4;
      writeShape(pen, SCENE.head + (k + 1) * SCENE.layer, shape, plan.size, { at: edges, base });
    }
  }
  return all;
}

function writeHead(pen: Pen, { shapes, grey, coarse, fine, camera }: ScenePlan): void {
  pen.words(0, shapes.length, grey ? 1 : 0);
  writeNoise(pen, 2, coarse);
  writeNoise(pen, 7, fine);
  writeCamera(pen, camera);
}

function writeNoise(pen: Pen, at: number, { cellsX, cellsY, keys, gain }: Noise): void {
  pen.words(at, cellsX, cellsY, ...keys);
  pen.floats(at + 4, gain);
}

function writeCamera(pen: Pen, { lightX, lightY, contrast, offset, noise, key, blur }: Camera): void {
  pen.floats(12, lightX, lightY, contrast, offset, noise);
  pen.words(17, key);
  const weights = tent(blur);
  pen.words(23, weights.length);
  pen.floats(24, ...weights);
}

/** Weights, from the middle outwards, of two boxes of a fractional width one after the other, whose standard deviation is s: see `blur`. */
export function tent(s: number): number[] {
  if (s === 0) return [1];
  const variance = (s * s) / 2;
  let whole = 0;
  while (((whole + 1) * (whole + 2)) / 3 <= variance) whole++;
  const ends = (2 * whole + 1) * (variance - (whole * (whole + 1)) / 3);
  const part = ends / (2 * ((whole + 1) * (whole + 1) - variance));
  const norm = 1 / (2 * whole + 1 + 2 * part);
  const box = (d: number) => (Math.abs(d) <= whole ? norm : Math.abs(d) === whole + 1 ? part * norm : 0);
  return Array.from({ length: 2 * whole + 3 }, (_, d) => {
    let sum = 0;
    for (let i = -whole - 1; i <= whole + 1; i++) sum += box(i) * box(d - i);
    return sum;
  });
}

function writeSurface(pen: Pen, at: number, s: Surface, b: Brush, middle: { cx: number; cy: number }): void {
  pen.floats(at + 3, ...s.tint, s.gradientX, s.gradientY, s.centreX ?? middle.cx, s.centreY ?? middle.cy);
  pen.floats(at + 10, s.coarse, s.fine, s.stripes, s.speckle, b.stripeX, b.stripeY);
  pen.words(at + 16, b.square ? 1 : 0, b.shiftX, b.shiftY, b.key);
}

function writeShape(
  pen: Pen,
  at: number,
  shape: PlannedShape,
  size: number,
  edges: { at: number; base: number },
): void {
  const { shadow, surface, brush, step, outlines, cx, cy } = shape;
  pen.floats(at, ...step);
  writeSurface(pen, at, surface, brush, shape);
  if (shadow) pen.floats(at + 20, shadow.dx, shadow.dy, shadow.depth, shadow.soft);
  const list = outlines.flatMap(edgesOf);
  const ends = (axis: number) => [0, 2].flatMap((i) => list.map((e) => e[i + axis]));
  const box = [0, 1].map((axis) => ends(axis));
  pen.words(at + 24, ...box.map((v) => Math.floor(Math.min(...v) / 16)));
  pen.words(at + 26, ...box.map((v) => Math.ceil(Math.max(...v) / 16)));
  const pixel = (v: number) => Math.floor(clamp(v, 0, size - 1));
  pen.words(at + 28, list.length, edges.base + edges.at, pixel(cx), pixel(cy));
  pen.words(edges.at, ...list.flat());
}

/** Edges ax, ay, bx, by of a closed outline in sixteenths of a pixel, without level ones: they cross no line. */
export function edgesOf(xy: ArrayLike<number>): number[][] {
  const corner = (i: number) => [Math.round(16 * xy[2 * i]), Math.round(16 * xy[2 * i + 1])];
  const n = xy.length / 2;
  return Array.from({ length: n }, (_, i) => [...corner((i + n - 1) % n), ...corner(i)]).filter((e) => e[1] !== e[3]);
}
