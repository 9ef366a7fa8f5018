// What a scene consists of, before a pixel is painted: shapes, surfaces, shadows and camera as numbers. All of its chance is
// drawn here and none of it looks at pixels, so that every painter (scenes.ts on the CPU, ops/scenes.ts on the GPU) paints the same scene.
import { clamp, mix } from './drawMath';
import { type Frame, outlines, type ShapeKind, shapeKinds } from './drawShapes';
import { type Rng, rng } from './rng';
import { type Brush, type Camera, drawBrush, drawCamera, drawShadow, type Shadow, type Surface } from './scenesPaint';

/** Options of `planScene` and `scene`. */
export interface SceneOptions {
  /** Side in pixels, 16..1024; default 128. */
  size?: number;
  /** 0: one to three large, contrasted, nearly flat shapes; 1: up to eight small or faint, textured, blurred, nested ones. Default 0.5. */
  difficulty?: number;
}

/** Shapes that a scene has at most. */
export const mostShapes = 8;

/** Value noise of two octaves over the picture, the second of twice the cells and `gain` times the amplitude: see `addValueNoise`. */
export interface Noise {
  readonly cellsX: number;
  readonly cellsY: number;
  readonly gain: number;
  readonly keys: readonly [number, number];
}

/** A shape in painting order. Its surface's base is what lies under its centre plus or minus `step`. */
export interface PlannedShape extends Frame {
  readonly outlines: readonly Float64Array[];
  readonly shadow: Shadow | null;
  /** Difference from the colour under the centre; a channel that would leave 0.02..0.98 goes the other way. */
  readonly step: readonly number[];
  readonly surface: Surface;
  readonly brush: Brush;
}

/** A scene as numbers. */
export interface ScenePlan {
  readonly size: number;
  readonly grey: boolean;
  readonly coarse: Noise;
  readonly fine: Noise;
  readonly ground: { readonly surface: Surface; readonly brush: Brush };
  readonly shapes: readonly PlannedShape[];
  readonly camera: Camera;
}

/** The plan of scene number `index` of a seed: the same numbers on every machine. `Error` for a size or difficulty out of range. */
export function planScene(seed: number, index: number, options: SceneOptions = {}): ScenePlan {
  const { size = 128, difficulty = 0.5 } = options;
  if (!Number.isInteger(size) || size < 16 || size > 1024)
    throw new Error(`scene: size must be a whole number in 16..1024, got ${size}`);
  if (!(difficulty >= 0 && difficulty <= 1)) throw new Error(`scene: difficulty must be in 0..1, got ${difficulty}`);
  const random = rng(seed, 'scene', index);
  const grey = random.chance(0.3);
  const coarse = drawField(random.int(2, 5), random.int(2, 5), 0.6, random);
  const fine = drawField(12, 12, 0.8, random);
  const ground = planGround(size, grey, difficulty, random);
  const count = random.int(1 + Math.round(2 * difficulty), 3 + Math.round(5 * difficulty));
  const placed: Placed[] = [];
  const shapes: PlannedShape[] = [];
  for (let k = 1; k <= count; k++) {
    const frame = placeShape(placed, size, difficulty, k === count, random);
    placed.push(frame);
    shapes.push(planShape(frame, size, grey, difficulty, random));
  }
  return { size, grey, coarse, fine, ground, shapes, camera: drawCamera(size, difficulty, random) };
}

function drawField(cellsX: number, cellsY: number, gain: number, random: Rng): Noise {
  return { cellsX, cellsY, gain, keys: [random.u32(), random.u32()] };
}

function planGround(size: number, grey: boolean, difficulty: number, random: Rng): ScenePlan['ground'] {
  const base = grey ? greyColour(random.uniform(0.1, 0.9)) : [0, 0, 0].map(() => random.uniform(0.1, 0.9));
  const surface = randomSurface(base, grey, difficulty, random);
  return { surface, brush: drawBrush(size, surface, random) };
}

function planShape(frame: Placed, size: number, grey: boolean, difficulty: number, random: Rng): PlannedShape {
  const lines = outlines(frame.kind, frame, random);
  const shadow = random.chance(0.15 + 0.2 * difficulty) ? drawShadow(size, frame.rx, random) : null;
  const step = contrastStep(grey, difficulty, random);
  const surface = randomSurface([0, 0, 0], grey, difficulty, random, frame);
  return { ...frame, outlines: lines, shadow, step, surface, brush: drawBrush(size, surface, random) };
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

/** How far the colour of a shape lies from what it covers: the contrast is what the difficulty says. */
function contrastStep(grey: boolean, difficulty: number, random: Rng): number[] {
  const contrast = random.uniform(mix(0.3, 0.07, difficulty), mix(0.7, 0.55, difficulty));
  const direction = grey ? greyColour(random.chance(0.5) ? 1 : -1) : [0, 0, 0].map(() => random.normal());
  const [a, b, c] = direction;
  const scale = contrast / Math.max(1e-6, grey ? 1 : Math.sqrt((a * a + b * b + c * c) / 2));
  return direction.map((d) => d * scale);
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
