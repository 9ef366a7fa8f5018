// Procedural "natural" scenes for pretraining a promptable segmenter: textured shapes that hide one another on a textured
// background, with the visible part of each as an instance mask (in the manner of the dead-leaves model). No medical content.
// What is where is planned in scenePlan.ts; here it is painted by the CPU. The GPU's painter is ops/scenes.ts.
import { addPolygon, clearLayer, createLayer, type Layer, resolve } from './drawFill';
import { clamp } from './drawMath';
import { fractalNoise } from './drawNoise';
import { type Noise, type PlannedShape, planScene, type SceneOptions, type ScenePlan } from './scenePlan';
import { castShadow, finish, paint } from './scenesPaint';

/** A picture with instance masks. */
export interface Scene {
  /** RGB, (size, size, 3), 0..255. */
  image: Uint8Array;
  /** Instance of every pixel, (size, size): 0 background, 1..count in painting order. */
  ids: Uint8Array;
  /** Number of instances; at least 1. */
  count: number;
  /** Side in pixels. */
  size: number;
}

/** Instances that show less than this share of the picture become background. */
export const smallestShare = 0.003;

/** Working memory of one picture size, kept between scenes because a training loop draws thousands. */
export interface Canvas {
  size: number;
  rgb: Float32Array;
  layer: Layer;
  shadow: Float32Array;
  coarse: Float32Array;
  fine: Float32Array;
}

let kept: Canvas | undefined;

function canvasOf(size: number): Canvas {
  if (kept?.size === size) return kept;
  const n = size * size;
  const plane = () => new Float32Array(n);
  kept = {
    size,
    rgb: new Float32Array(3 * n),
    layer: createLayer(size, size),
    shadow: plane(),
    coarse: plane(),
    fine: plane(),
  };
  return kept;
}

/** Scene number `index` of a seed: the same picture on every machine. `Error` for a size or difficulty out of range. */
export function scene(seed: number, index: number, options: SceneOptions = {}): Scene {
  return paintScene(planScene(seed, index, options));
}

function paintScene({ size, grey, coarse, fine, ground, shapes, camera }: ScenePlan): Scene {
  const canvas = canvasOf(size);
  fillField(canvas.coarse, size, coarse);
  fillField(canvas.fine, size, fine);
  canvas.layer.cov.fill(1);
  Object.assign(canvas.layer, { x0: 0, y0: 0, x1: size, y1: size });
  paint(canvas, ground.surface, ground.brush);
  const ids = new Uint8Array(size * size);
  for (const [k, shape] of shapes.entries()) drawInstance(canvas, ids, k + 1, shape);
  const count = dropSmall(ids, shapes.length, smallestShare * size * size);
  return { image: finish(canvas, grey, camera), ids, count, size };
}

function fillField(out: Float32Array, size: number, { cellsX, cellsY, gain, keys }: Noise): void {
  const left = [...keys];
  fractalNoise(out, size, size, cellsX, cellsY, keys.length, gain, { u32: () => left.shift()! });
}

function drawInstance(canvas: Canvas, ids: Uint8Array, id: number, shape: PlannedShape): void {
  const { layer, size } = canvas;
  clearLayer(layer);
  for (const xy of shape.outlines) addPolygon(layer, xy);
  resolve(layer);
  if (shape.shadow) castShadow(canvas, shape.shadow);
  paint(canvas, { ...shape.surface, base: contrastingColour(canvas, shape) }, shape.brush);
  for (let y = layer.y0; y < layer.y1; y++) {
    for (let p = y * size + layer.x0; p < y * size + layer.x1; p++) if (layer.cov[p] >= 0.5) ids[p] = id;
  }
}

/** The colour a step away from what lies at the shape's centre now. */
function contrastingColour(canvas: Canvas, { cx, cy, step }: PlannedShape): number[] {
  const x = Math.floor(clamp(cx, 0, canvas.size - 1));
  const y = Math.floor(clamp(cy, 0, canvas.size - 1));
  const at = 3 * (y * canvas.size + x);
  return step.map((d, i) => {
    const under = clamp(canvas.rgb[at + i], 0, 1);
    const over = under + d;
    return clamp(over >= 0.02 && over <= 0.98 ? over : under - d, 0.02, 0.98);
  });
}

/** Sets instances of fewer than `least` visible pixels to 0 and numbers the others 1.. in order; returns how many are left. */
function dropSmall(ids: Uint8Array, shapes: number, least: number): number {
  const area = new Int32Array(shapes + 1);
  for (let i = 0; i < ids.length; i++) area[ids[i]]++;
  const renumber = new Uint8Array(shapes + 1);
  let count = 0;
  for (let k = 1; k <= shapes; k++) if (area[k] >= least) renumber[k] = ++count;
  for (let i = 0; i < ids.length; i++) ids[i] = renumber[ids[i]];
  return count;
}
