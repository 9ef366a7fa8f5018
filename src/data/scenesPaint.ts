// The brush of scenes: textured, shaded surfaces painted through a coverage layer, soft shadows, and the camera (light,
// blur, noise, contrast), each with the random numbers it is told. Works on float RGB, about 0..1, in the canvas.
import { blur } from './drawBlur';
import { hash32, mix, sinTurns } from './drawMath';
import type { Rng } from './rng';
import type { Canvas } from './scenes';

/** How a surface looks: base + t * tint, where t sums the texture terms. Amplitudes are in units of full scale. */
export interface Surface {
  base: number[];
  tint: number[];
  /** Rise of t per pixel, from the centre (default: the picture's). */
  gradientX: number;
  gradientY: number;
  centreX?: number;
  centreY?: number;
  /** Smooth noise of a few cells over the picture. */
  coarse: number;
  /** Noise of many cells. */
  fine: number;
  /** Sine or square stripes. */
  stripes: number;
  /** Independent noise per pixel. */
  speckle: number;
}

/** The random details of one use of the brush. */
export interface Brush {
  /** Stripes have edges instead of a sine's profile. */
  readonly square: boolean;
  /** Phase of the stripes in 256ths of a turn, per pixel along x and y. */
  readonly stripeX: number;
  readonly stripeY: number;
  /** Where the noise fields begin, in pixels. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Key of the speckle. */
  readonly key: number;
}

/** Details for painting `surface` on a picture of `size` pixels. */
export function drawBrush(size: number, { stripes }: Surface, random: Rng): Brush {
  const square = !random.chance(0.5);
  const turn = random.uniform();
  const pitch = (256 * random.uniform(8, 26) * (stripes > 0 ? 1 : 0)) / size; // stripes over the picture
  const [stripeX, stripeY] = [pitch * sinTurns(turn), pitch * sinTurns(turn + 0.25)];
  const [shiftX, shiftY] = [random.int(0, size - 1), random.int(0, size - 1)];
  return { square, stripeX, stripeY, shiftX, shiftY, key: random.u32() };
}

const wave = Float32Array.from({ length: 256 }, (_, i) => sinTurns(i / 256));
const square = wave.map((v) => (v > 0 ? 0.7 : -0.7));

/** Paints a surface through `canvas.layer.cov`. */
export function paint(canvas: Canvas, surface: Surface, brush: Brush): void {
  const { size, rgb, layer, coarse, fine } = canvas;
  const { cov, x0, y0, x1, y1 } = layer;
  const { gradientX: gx, gradientY: gy, centreX: cx = size / 2, centreY: cy = size / 2, stripes, speckle } = surface;
  const [br, bg, bb] = surface.base;
  const [tr, tg, tb] = surface.tint;
  const { stripeX: sx, stripeY: sy, shiftX, shiftY, key } = brush;
  const table = brush.square ? square : wave;
  for (let y = y0; y < y1; y++) {
    const row = y * size;
    const noiseRow = ((y + shiftY) % size) * size;
    for (let x = x0; x < x1; x++) {
      const p = row + x;
      const a = cov[p];
      if (a === 0) continue;
      const q = noiseRow + (x + shiftX < size ? x + shiftX : x + shiftX - size);
      let t = gx * (x - cx) + gy * (y - cy) + surface.coarse * coarse[q] + surface.fine * fine[q];
      if (stripes > 0) t += stripes * table[Math.floor(sx * x + sy * y) & 255];
      if (speckle > 0) t += speckle * (hash32(key + Math.imul(p, 0x9e3779b1)) / 2147483648 - 1);
      const o = 3 * p;
      rgb[o] += a * (br + t * tr - rgb[o]);
      rgb[o + 1] += a * (bg + t * tg - rgb[o + 1]);
      rgb[o + 2] += a * (bb + t * tb - rgb[o + 2]);
    }
  }
}

/** A shape's shadow: its coverage moved by whole pixels, times `depth`, blurred. */
export interface Shadow {
  readonly dx: number;
  readonly dy: number;
  readonly depth: number;
  /** Standard deviation of the blur in pixels. */
  readonly soft: number;
}

/** A shadow of a shape of this radius. */
export function drawShadow(size: number, radius: number, random: Rng): Shadow {
  const reach = Math.min(0.08 * size, 0.35 * radius);
  const dx = Math.round(random.uniform(-reach, reach));
  const dy = Math.round(random.uniform(-reach, reach));
  return { dx, dy, depth: random.uniform(0.2, 0.5), soft: random.uniform(0.01, 0.03) * size };
}

/** Darkens what lies beside the shape in the layer, which is about to be painted over it. */
export function castShadow(canvas: Canvas, { dx, dy, depth, soft }: Shadow): void {
  const { size, rgb, layer, shadow } = canvas;
  shadow.fill(0);
  for (let y = Math.max(layer.y0, -dy); y < Math.min(layer.y1, size - dy); y++) {
    for (let x = Math.max(layer.x0, -dx); x < Math.min(layer.x1, size - dx); x++) {
      shadow[(y + dy) * size + x + dx] = depth * layer.cov[y * size + x];
    }
  }
  blur(shadow, size, size, 1, soft);
  for (let p = 0, o = 0; p < shadow.length; p++, o += 3) {
    const light = 1 - shadow[p];
    rgb[o] *= light;
    rgb[o + 1] *= light;
    rgb[o + 2] *= light;
  }
}

/** What the camera does to a picture. */
export interface Camera {
  /** Standard deviation of the blur in pixels; 0 for none. */
  readonly blur: number;
  /** Light falling off to one side, per pixel from the middle. */
  readonly lightX: number;
  readonly lightY: number;
  readonly contrast: number;
  /** Level of middle grey, 0..255. */
  readonly offset: number;
  /** Sensor noise per unit of a sum of four bytes, in levels. */
  readonly noise: number;
  readonly key: number;
}

/** A camera; the harder, the less sharp, even, contrasted and quiet. */
export function drawCamera(size: number, difficulty: number, random: Rng): Camera {
  const sharpness = random.uniform(0.2, mix(0.5, 1.6, difficulty));
  const blur = sharpness > 0.35 ? (sharpness * size) / 128 : 0;
  const lightX = (random.uniform(-0.3, 0.3) * difficulty) / size;
  const lightY = (random.uniform(-0.3, 0.3) * difficulty) / size;
  const contrast = random.uniform(mix(0.85, 0.5, difficulty), 1.05);
  const offset = 127.5 + random.uniform(-25, 25);
  const noise = random.uniform(0, mix(3, 14, difficulty)) / 147.8;
  return { blur, lightX, lightY, contrast, offset, noise, key: random.u32() };
}

/** The camera: light falling off to one side, blur, contrast and offset, sensor noise; returns 8-bit RGB. */
export function finish(canvas: Canvas, grey: boolean, camera: Camera): Uint8Array {
  const { size, rgb } = canvas;
  const { lightX: lx, lightY: ly, contrast, offset, noise, key } = camera;
  blur(rgb, size, size, 3, camera.blur);
  const image = new Uint8Array(3 * size * size);
  for (let y = 0, o = 0; y < size; y++) {
    for (let x = 0; x < size; x++, o += 3) {
      const light = 1 + lx * (x - size / 2) + ly * (y - size / 2);
      let n = 0;
      for (let c = 0; c < 3; c++) {
        if (c === 0 || !grey) {
          const h = hash32(key + Math.imul(o + c, 0x9e3779b1));
          n = noise * ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510);
        }
        const v = (rgb[o + c] * light - 0.5) * 255 * contrast + offset + n;
        image[o + c] = v < 0 ? 0 : v > 255 ? 255 : v + 0.5;
      }
    }
  }
  return image;
}
