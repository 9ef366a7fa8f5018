// A float RGB picture with a coverage layer, and the few operations the phantoms share: tinting through a coverage,
// labelling, the way to 8 bits. Colours are about 0..1. Not responsible for what is drawn.
import { blur } from './drawBlur';
import { clearLayer, createLayer, type Layer, resolve } from './drawFill';
import { cosTurns, hash32 } from './drawMath';
import type { Factor } from './phantomLevel';
import type { Rng } from './rng';

/** A square picture being painted. */
export interface Picture {
  /** Side in pixels. */
  size: number;
  /** (size, size, 3), about 0..1. */
  rgb: Float32Array;
  /** Label of every pixel, (size, size). */
  labels: Uint8Array;
  layer: Layer;
  /** What the level of difficulty multiplies quantities by. */
  by: Factor;
}

/** A red, green, blue triple, about 0..1. */
export type Colour = readonly [number, number, number];

/** A black picture without labels. */
export function createPicture(size: number, by: Factor = () => 1): Picture {
  return {
    size,
    rgb: new Float32Array(3 * size * size),
    labels: new Uint8Array(size * size),
    layer: createLayer(size, size),
    by,
  };
}

/**
 * Coverage (size, size) of what `outline` adds to an empty layer, blurred by a standard deviation in pixels; a copy.
 * With `label`, pixels covered by half or more before the blur get that label.
 */
export function cover(picture: Picture, outline: (layer: Layer) => void, soft: number, label = 0): Float32Array {
  const { layer, labels, size } = picture;
  clearLayer(layer);
  outline(layer);
  resolve(layer);
  const out = layer.cov.slice();
  if (label > 0) for (let i = 0; i < out.length; i++) if (out[i] >= 0.5) labels[i] = label;
  if (soft > 0) blur(out, size, size, 1, soft);
  return out;
}

/** Moves the picture towards a colour by strength * coverage. */
export function blendColour(picture: Picture, cov: Float32Array, colour: Colour, strength: number): void {
  const { rgb } = picture;
  const [r, g, b] = colour;
  for (let i = 0, o = 0; i < cov.length; i++, o += 3) {
    const a = cov[i] * strength;
    if (a === 0) continue;
    rgb[o] += a * (r - rgb[o]);
    rgb[o + 1] += a * (g - rgb[o + 1]);
    rgb[o + 2] += a * (b - rgb[o + 2]);
  }
}

/** Multiplies the picture by a filter colour where covered: 1 - coverage * (1 - filter). Filters above 1 brighten. */
export function filterColour(picture: Picture, cov: Float32Array, filter: Colour): void {
  const { rgb } = picture;
  const [r, g, b] = filter;
  for (let i = 0, o = 0; i < cov.length; i++, o += 3) {
    const a = cov[i];
    if (a === 0) continue;
    rgb[o] *= 1 - a * (1 - r);
    rgb[o + 1] *= 1 - a * (1 - g);
    rgb[o + 2] *= 1 - a * (1 - b);
  }
}

/** A colour between two, each channel at t plus its own small random part. */
export function varyColour(a: Colour, b: Colour, t: number, spread: number, random: Rng): Colour {
  const channel = (i: number) => a[i] + (b[i] - a[i]) * t + random.uniform(-spread, spread);
  return [channel(0), channel(1), channel(2)];
}

/** The 8-bit picture: blurred by `soft` pixels, with normal noise of `noise` grey levels (equal in all channels when grey). */
export function develop(picture: Picture, soft: number, noise: number, grey: boolean, random: Rng): Uint8Array {
  const { rgb, size } = picture;
  if (soft > 0) blur(rgb, size, size, 3, soft);
  const key = random.u32();
  const scale = noise / 147.8;
  const image = new Uint8Array(rgb.length);
  let n = 0;
  for (let i = 0; i < rgb.length; i++) {
    if (!grey || i % 3 === 0) {
      const h = hash32(key + Math.imul(i, 0x9e3779b1));
      n = scale * ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510);
    }
    const v = rgb[i] * 255 + n + 0.5;
    image[i] = v < 0 ? 0 : Math.min(v, 255);
  }
  return image;
}

/**
 * A curved line of steps + 1 points (x, y pairs) from (x, y): direction in turns changes evenly from `turn` by `bend`,
 * with a wander of `wiggle` turns; length in pixels.
 */
export function curve(
  x: number,
  y: number,
  turn: { from: number; bend: number; wiggle: number },
  length: number,
  steps: number,
  random: Rng,
): Float64Array {
  const xy = new Float64Array(2 * steps + 2);
  xy[0] = x;
  xy[1] = y;
  let wander = 0;
  for (let i = 1; i <= steps; i++) {
    wander = 0.7 * wander + random.uniform(-turn.wiggle, turn.wiggle);
    const t = turn.from + turn.bend * ((i - 0.5) / steps) + wander;
    xy[2 * i] = xy[2 * i - 2] + (length / steps) * cosTurns(t);
    xy[2 * i + 1] = xy[2 * i - 1] + (length / steps) * cosTurns(t - 0.25);
  }
  return xy;
}
