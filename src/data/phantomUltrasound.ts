// An ultrasound picture with one nodule: layered tissue, fibres, lobules, speckle, depth attenuation, and the shadow or
// enhancement below the nodule. Everything is composed as log-echogenicity (natural log of the echo amplitude) and goes
// through one log compression, as in a scanner; the speckle is the magnitude of a blurred complex Gaussian field.
import { blur } from './drawBlur';
import { addPolygon, type Layer } from './drawFill';
import { bell, clamp, ln, mix, sinTurns, smoothstep } from './drawMath';
import { fractalNoise, whiteNoise } from './drawNoise';
import { cover, createPicture, develop, type Picture } from './drawPicture';
import { blobRadii, type Frame, radialPolygon } from './drawShapes';
import { type Factor, spread } from './phantomLevel';
import type { Rng } from './rng';

/** Label values of an ultrasound phantom. */
export const ultrasoundClasses = [{ value: 1, name: 'nodule' }] as const;

/** Kinds of nodule: log-echogenicity against its surroundings, roughness and softness of the border, what lies below it. */
const kinds = {
  cyst: { level: [-3.2, -1.8], rough: [0.02, 0.12], soft: [0.5, 1.2], below: [0.4, 1], inner: 0.1 },
  solid: { level: [-1.8, -0.9], rough: [0.05, 0.2], soft: [0.8, 2], below: [-0.2, 0.5], inner: 0.35 },
  irregular: { level: [-2, -1], rough: [0.2, 0.5], soft: [1, 2.5], below: [-1.4, 0], inner: 0.5 },
  faint: { level: [-0.9, -0.6], rough: [0.05, 0.25], soft: [0.8, 2], below: [-0.2, 0.3], inner: 0.3 },
} as const;

/** Depth (0 at the probe, 1 at the bottom) and lateral position of every pixel, and where the field of view is. */
interface Field {
  size: number;
  depth: Float32Array;
  inside: Float32Array;
}

/** Paints one ultrasound phantom, as hard as `by` says: grey RGB (size, size, 3) and labels (size, size). */
export function paintUltrasound(size: number, random: Rng, by: Factor): { image: Uint8Array; labels: Uint8Array } {
  const picture = createPicture(size, by);
  const field = fieldOfView(size, random);
  const echo = new Float32Array(size * size);
  addTissue(echo, field, random);
  addLobules(echo, picture, random);
  addNodule(echo, picture, random);
  addAttenuation(echo, field, by, random);
  compress(picture, echo, speckle(size, random), field, random);
  const soft = (size / 128) * random.uniform(0.2, 0.5) * by(0.8, 1.8);
  const image = develop(picture, soft, random.uniform(0.5, 2.5) * by(0.6, 2), true, random);
  return { image, labels: picture.labels };
}

/** A linear probe (rectangle) or, in one picture of three, a curved one (sector of a ring). */
function fieldOfView(size: number, random: Rng): Field {
  const depth = new Float32Array(size * size);
  const inside = new Float32Array(size * size).fill(1);
  const sector = random.chance(0.3);
  const near = random.uniform(0.25, 0.6); // radius of the probe, in sides
  const far = near + random.uniform(0.9, 0.98);
  const slant = random.uniform(0.45, 0.9); // half width over height of the sector's edge
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const u = (x + 0.5) / size - 0.5;
      const v = (y + 0.5) / size;
      depth[i] = v;
      if (!sector) continue;
      const w = v + near;
      const r = Math.sqrt(u * u + w * w);
      depth[i] = (r - near) / (far - near);
      const edge = slant * w - Math.abs(u);
      inside[i] = smoothstep(0, 0.012, edge) * smoothstep(0, 0.01, depth[i]) * smoothstep(1, 0.99, depth[i]);
    }
  }
  return { size, depth, inside };
}

/** Echo level and strength of the fibres by depth, `steps` entries a unit of depth from -0.25 to 1.5. */
interface Layers {
  steps: number;
  level: Float32Array;
  fibre: Float32Array;
}

/** Skin, fat, gland, muscle and what lies below, with short transitions. */
function tissueLayers(random: Rng): Layers {
  const deepest = [0.07, 0.4, 0.8, 1.2];
  const ends = [0.03, 0.16, 0.55, 0.85].map((lo, k) => random.uniform(lo, deepest[k]));
  const fat = random.uniform(-0.6, 0.1);
  const levels = [random.uniform(0.5, 1), fat, random.uniform(0, 0.6), random.uniform(-0.6, 0.1), -0.9];
  const fibres = [0.2, random.uniform(0.6, 1.4), random.uniform(0.2, 0.9), random.uniform(0.6, 1.6), 0.6];
  const steps = 400;
  const level = new Float32Array(1.75 * steps).fill(levels[0]);
  const fibre = new Float32Array(1.75 * steps).fill(fibres[0]);
  for (let i = 0; i < level.length; i++) {
    for (let k = 0; k < 4; k++) {
      const t = smoothstep(ends[k] - 0.015, ends[k] + 0.015, i / steps - 0.25);
      level[i] = mix(level[i], levels[k + 1], t);
      fibre[i] = mix(fibre[i], fibres[k + 1], t);
    }
  }
  return { steps, level, fibre };
}

/** Layers with wavy borders, fibres along them, slow unevenness. */
function addTissue(echo: Float32Array, { size, depth }: Field, random: Rng): void {
  const patchy = fractalNoise(new Float32Array(size * size), size, size, 5, 8, 3, 0.7, random);
  const fibres = fractalNoise(new Float32Array(size * size), size, size, 4, 24, 2, 0.8, random);
  const { steps, level, fibre } = tissueLayers(random);
  const tilt = random.uniform(-0.07, 0.07);
  const wave = { a: random.uniform(0, 0.05), f: random.uniform(0.4, 1.4), p: random.uniform() };
  const bends = Float32Array.from({ length: size }, (_, x) => {
    const u = x / size;
    return wave.a * sinTurns(wave.f * u + wave.p) + tilt * (u - 0.5);
  });
  const uneven = random.uniform(0.5, 1.3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const i = y * size + x;
      const at = depth[i] + bends[x] * Math.min(1, 4 * Math.max(0, depth[i])) + 0.05 * patchy[i]; // the skin stays flat
      const k = Math.max(0, Math.min(level.length - 1, Math.floor((at + 0.25) * steps)));
      const shifted = (y + Math.round(bends[x] * size) + size) % size;
      const line = fibres[shifted * size + x] - 0.12;
      echo[i] = level[k] + uneven * patchy[i] + fibre[k] * line * (line > 0 ? 3.2 : 0.8);
    }
  }
}

/** Dark lobules that are not labelled: what a model that looks for dark blobs falls for. */
function addLobules(echo: Float32Array, picture: Picture, random: Rng): void {
  const { size, by } = picture;
  const count = Math.round(random.int(0, 4) * by(0.3, 1.8));
  if (count === 0) return;
  const lobules = (layer: Layer) => {
    for (let k = 0; k < count; k++) {
      const rx = size * random.uniform(0.05, 0.16);
      const ry = rx * random.uniform(0.3, 0.6);
      const [cx, cy] = [size * random.uniform(0, 1), size * random.uniform(0.12, 0.9)];
      const frame: Frame = { cx, cy, rx, ry, turn: random.uniform(-0.06, 0.06) };
      addPolygon(layer, radialPolygon(blobRadii(32, 4, 0.3, 1, random), frame));
    }
  };
  const cov = cover(picture, lobules, (size / 128) * random.uniform(1, 3));
  const level = -random.uniform(0.3, 0.8) * by(0.7, 1.2);
  for (let i = 0; i < cov.length; i++) echo[i] += level * cov[i];
}

function addNodule(echo: Float32Array, picture: Picture, random: Rng): void {
  const { size, by } = picture;
  const kind = kinds[random.pick(['cyst', 'solid', 'solid', 'irregular', 'irregular', 'faint'] as const)];
  const between = ([lo, hi]: readonly [number, number]) => random.uniform(lo, hi);
  const u = random.uniform();
  const rx = size * mix(0.08, 0.27, u * Math.sqrt(u)) * by(1.2, 0.85);
  const frame: Frame = {
    cx: size * spread(random.uniform(0.25, 0.75), 0.5, by(0.7, 1.4)),
    cy: size * spread(random.uniform(0.28, 0.62), 0.45, by(0.8, 1.3)),
    rx,
    ry: rx * random.uniform(0.5, 1.05),
    turn: random.uniform(-0.07, 0.07),
  };
  const outline = radialPolygon(blobRadii(64, 7, between(kind.rough) * by(0.6, 1.5), 1, random), frame);
  const sharp = cover(picture, (l) => addPolygon(l, outline), 0, 1);
  const cov = sharp.slice();
  blur(cov, size, size, 1, (size / 128) * between(kind.soft) * by(0.8, 1.6));
  addBelow(echo, sharp, size, between(kind.below) * by(0.5, 1.4), random);
  const texture = fractalNoise(new Float32Array(size * size), size, size, 14, 18, 2, 0.8, random);
  const level = meanUnder(echo, cov) + between(kind.level) * by(1.35, 0.75);
  const capsule = random.chance(0.6) ? random.uniform(0.2, 1.6) : 0; // bright where the border faces the probe
  const kept = kind.inner * 0.5; // some of the tissue's own pattern shows through
  for (let i = 0; i < cov.length; i++) {
    const a = cov[i];
    const slope = i >= size && i < cov.length - size ? Math.abs(cov[i + size] - cov[i - size]) : 0;
    if (a > 0) echo[i] = mix(echo[i], level + kept * (echo[i] - level) + 1.5 * kind.inner * texture[i], a);
    echo[i] += capsule * slope * (1 - a);
  }
}

function meanUnder(echo: Float32Array, cov: Float32Array): number {
  let sum = 0;
  let weight = 1e-9;
  for (let i = 0; i < cov.length; i++) {
    sum += cov[i] * echo[i];
    weight += cov[i];
  }
  return sum / weight;
}

/** Enhancement (amount > 0) or shadow (< 0) below the nodule: as strong as the way through it is long, fading with depth. */
function addBelow(echo: Float32Array, cov: Float32Array, size: number, amount: number, random: Rng): void {
  const chord = new Float32Array(size);
  const bottom = new Int32Array(size);
  let longest = 1;
  for (let x = 0; x < size; x++) {
    for (let y = 0; y < size; y++) {
      if (cov[y * size + x] < 0.5) continue;
      chord[x]++;
      bottom[x] = y;
    }
    longest = Math.max(longest, chord[x]);
  }
  blur(chord, size, 1, 1, 0.02 * size, 0);
  const reach = size * random.uniform(0.3, 1);
  for (let x = 0; x < size; x++) {
    if (bottom[x] === 0) continue;
    const strength = amount * smoothstep(0.1, 1, chord[x] / longest);
    for (let y = bottom[x] - Math.floor(chord[x] * 0.15); y < size; y++) {
      const t = (y - bottom[x]) / reach;
      echo[y * size + x] += strength * bell(t * t) * smoothstep(-0.05, 0.05, t);
    }
  }
}

/** Loss with depth, uneven gain, and dark columns where the probe has poor contact. */
function addAttenuation(echo: Float32Array, { size, depth }: Field, by: Factor, random: Rng): void {
  const loss = random.uniform(0.2, 1.9) * by(0.5, 1.3);
  const focus = random.uniform(0.2, 0.6);
  const columns = fractalNoise(new Float32Array(size), size, 1, 6, 1, 2, 0.7, random);
  const contact = (random.chance(0.5) ? random.uniform(0.3, 1.5) : 0) * by(0.3, 1.5);
  for (let i = 0; i < echo.length; i++) {
    const d = depth[i] - focus;
    const dark = Math.max(0, columns[i % size] - 0.1);
    echo[i] -= loss * (d > 0 ? d * d * 2 : 0.3 * d * d) + contact * dark * Math.min(1, 0.3 + depth[i]);
  }
}

/** Log amplitude of fully developed speckle, mean about 0; grains are wider than tall. */
function speckle(size: number, random: Rng): Float32Array {
  const unit = size / 128;
  const wide = unit * random.uniform(0.6, 1.3);
  const tall = unit * random.uniform(0.35, 0.6);
  const real = whiteNoise(new Float32Array(size * size), 1, random.u32());
  const imaginary = whiteNoise(new Float32Array(size * size), 1, random.u32());
  blur(real, size, size, 1, wide, tall);
  blur(imaginary, size, size, 1, wide, tall);
  let power = 0;
  for (let i = 0; i < real.length; i++) power += real[i] * real[i] + imaginary[i] * imaginary[i];
  const scale = real.length / power;
  for (let i = 0; i < real.length; i++) {
    real[i] = 0.5 * ln((real[i] * real[i] + imaginary[i] * imaginary[i]) * scale + 0.02) + 0.25;
  }
  return real;
}

/** Log compression to grey: a dynamic range and a gain of the picture; outside the field black. */
function compress(picture: Picture, echo: Float32Array, grains: Float32Array, field: Field, random: Rng): void {
  const gain = random.uniform(0.38, 0.52);
  const range = random.uniform(0.17, 0.26);
  const grain = random.uniform(0.5, 1) * picture.by(0.6, 1.25);
  const tint = random.uniform(0.01, 0.03);
  for (let i = 0, o = 0; i < echo.length; i++, o += 3) {
    const v = clamp(gain + range * (echo[i] + grain * grains[i]), tint, 1);
    const grey = mix(0.02, v, field.inside[i]);
    picture.rgb[o] = grey;
    picture.rgb[o + 1] = grey;
    picture.rgb[o + 2] = grey;
  }
}
