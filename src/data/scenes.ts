// Procedural "natural" scenes for pretraining a promptable segmenter: textured shapes that hide one another on a textured
// background, with the visible part of each as an instance mask (in the manner of the dead-leaves model). No medical content.
import { clearLayer, createLayer, type Layer, resolve } from './drawFill';
import { clamp, mix } from './drawMath';
import { fractalNoise } from './drawNoise';
import { addShape, type Frame, type ShapeKind, shapeKinds } from './drawShapes';
import { type Rng, rng } from './rng';
import { castShadow, finish, paint, type Surface } from './scenesPaint';

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

/** Options of `scene`. */
export interface SceneOptions {
  /** Side in pixels, 16..1024; default 128. */
  size?: number;
  /** 0: one to three large, contrasted, nearly flat shapes; 1: up to eight small or faint, textured, blurred, nested ones. Default 0.5. */
  difficulty?: number;
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
  const { size = 128, difficulty = 0.5 } = options;
  if (!Number.isInteger(size) || size < 16 || size > 1024)
    throw new Error(`scene: size must be a whole number in 16..1024, got ${size}`);
  if (!(difficulty >= 0 && difficulty <= 1)) throw new Error(`scene: difficulty must be in 0..1, got ${difficulty}`);
  const random = rng(seed, 'scene', index);
  const canvas = canvasOf(size);
  const grey = random.chance(0.3);
  fractalNoise(canvas.coarse, size, size, random.int(2, 5), random.int(2, 5), 2, 0.6, random);
  fractalNoise(canvas.fine, size, size, 12, 12, 2, 0.8, random);
  paintBackground(canvas, grey, difficulty, random);
  const ids = new Uint8Array(size * size);
  const shapes = random.int(1 + Math.round(2 * difficulty), 3 + Math.round(5 * difficulty));
  const placed: Placed[] = [];
  for (let k = 1; k <= shapes; k++) {
    const shape = placeShape(placed, size, difficulty, k === shapes, random);
    placed.push(shape);
    drawInstance(canvas, ids, k, shape, grey, difficulty, random);
  }
  const count = dropSmall(ids, shapes, smallestShare * size * size);
  return { image: finish(canvas, grey, difficulty, random), ids, count, size };
}

function paintBackground(canvas: Canvas, grey: boolean, difficulty: number, random: Rng): void {
  const base = grey ? greyColour(random.uniform(0.1, 0.9)) : [0, 0, 0].map(() => random.uniform(0.1, 0.9));
  canvas.layer.cov.fill(1);
  Object.assign(canvas.layer, { x0: 0, y0: 0, x1: canvas.size, y1: canvas.size });
  paint(canvas, randomSurface(base, grey, difficulty, random), random);
}

/** A shape with its place. */
interface Placed extends Frame {
  kind: ShapeKind;
}

/** Kinds without holes or hollows, which others may lie in, as a cup in a disc. */
const solid: readonly ShapeKind[] = ['ellipse', 'blob', 'polygon', 'rectangle'];

/**
 * Where the next shape goes. Diameters are 6 to 60 % of the side. Some are put inside an earlier, solid one.
 * The last one lies on top of all and is kept large, so that no scene is without an instance.
 */
function placeShape(placed: Placed[], size: number, difficulty: number, last: boolean, random: Rng): Placed {
  const parents = placed.filter((p) => solid.includes(p.kind));
  if (parents.length > 0 && random.chance(0.1 + 0.3 * difficulty))
    return placeInside(random.pick(parents), size, last, random);
  const smallest = last ? mix(0.3, 0.2, difficulty) : mix(0.3, 0.06, difficulty);
  const u = random.uniform();
  const span = mix(u, u * u, 0.6 * difficulty); // small ones are the more frequent, the harder the scene
  const rx = 0.5 * size * mix(smallest, 0.6, span);
  const margin = last ? 0.15 : 0.05;
  const cx = size * random.uniform(margin, 1 - margin);
  const cy = size * random.uniform(margin, 1 - margin);
  return { kind: random.pick(shapeKinds), cx, cy, rx, ry: rx * random.uniform(0.6, 1), turn: random.uniform() };
}

/** A shape of a third to two thirds of its parent's size, near its middle. */
function placeInside(parent: Placed, size: number, last: boolean, random: Rng): Placed {
  const scale = random.uniform(0.35, 0.65);
  const shift = 0.8 * (0.75 - scale) * parent.ry;
  const least = 0.5 * size * (last ? 0.2 : 0.06);
  return {
    kind: random.chance(0.5) ? parent.kind : random.pick(shapeKinds),
    cx: clamp(parent.cx + random.uniform(-shift, shift), 0, size),
    cy: clamp(parent.cy + random.uniform(-shift, shift), 0, size),
    rx: Math.max(least, scale * parent.rx),
    ry: Math.max(least * 0.75, scale * parent.ry * random.uniform(0.75, 1)),
    turn: random.chance(0.7) ? parent.turn : random.uniform(),
  };
}

function drawInstance(
  canvas: Canvas,
  ids: Uint8Array,
  id: number,
  shape: Placed,
  grey: boolean,
  difficulty: number,
  random: Rng,
): void {
  const { layer, size } = canvas;
  clearLayer(layer);
  addShape(layer, shape.kind, shape, random);
  resolve(layer);
  if (random.chance(0.15 + 0.2 * difficulty)) castShadow(canvas, shape.rx, random);
  const base = contrastingColour(canvas, shape, grey, difficulty, random);
  paint(canvas, randomSurface(base, grey, difficulty, random, shape), random);
  for (let y = layer.y0; y < layer.y1; y++) {
    for (let p = y * size + layer.x0; p < y * size + layer.x1; p++) if (layer.cov[p] >= 0.5) ids[p] = id;
  }
}

/** A colour at a chosen distance from what lies at the shape's centre now, so that contrast is what the difficulty says. */
function contrastingColour(canvas: Canvas, frame: Frame, grey: boolean, difficulty: number, random: Rng): number[] {
  const x = Math.floor(clamp(frame.cx, 0, canvas.size - 1));
  const y = Math.floor(clamp(frame.cy, 0, canvas.size - 1));
  const at = 3 * (y * canvas.size + x);
  const contrast = random.uniform(mix(0.3, 0.07, difficulty), mix(0.7, 0.55, difficulty));
  const direction = grey ? greyColour(random.chance(0.5) ? 1 : -1) : [0, 0, 0].map(() => random.normal());
  const [a, b, c] = direction;
  const scale = contrast / Math.max(1e-6, grey ? 1 : Math.sqrt((a * a + b * b + c * c) / 2));
  return direction.map((d, i) => {
    const under = clamp(canvas.rgb[at + i], 0, 1);
    const over = under + d * scale;
    return clamp(over >= 0.02 && over <= 0.98 ? over : under - d * scale, 0.02, 0.98);
  });
}

/** Texture and shading around a base colour; nearly flat at difficulty 0. */
function randomSurface(base: number[], grey: boolean, difficulty: number, random: Rng, frame?: Frame): Surface {
  const surface: Surface = { base, tint: base, gradientX: 0, gradientY: 0, coarse: 0, fine: 0, stripes: 0, speckle: 0 };
  surface.tint = grey ? greyColour(1) : [0, 0, 0].map(() => random.uniform(0.3, 1) * (random.chance(0.8) ? 1 : -1));
  const strength = random.uniform(0.01, mix(0.05, 0.28, difficulty));
  const kind = random.pick(['flat', 'gradient', 'coarse', 'fine', 'stripes', 'speckle'] as const);
  if (kind === 'coarse' || kind === 'fine' || kind === 'stripes' || kind === 'speckle') surface[kind] = strength;
  if (kind === 'stripes') surface.stripes *= 0.7;
  if (kind === 'gradient' || random.chance(0.4)) {
    const reach = frame ? frame.rx : canvasReach;
    surface.gradientX = (strength * random.uniform(-0.8, 0.8)) / reach;
    surface.gradientY = (strength * random.uniform(-0.8, 0.8)) / reach;
    surface.centreX = frame?.cx;
    surface.centreY = frame?.cy;
  }
  if (difficulty > 0 && random.chance(0.3 * difficulty)) surface.fine += 0.4 * strength;
  return surface;
}

/** Pixels over which the background's gradient rises by its strength. */
const canvasReach = 64;

function greyColour(v: number): number[] {
  return [v, v, v];
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
