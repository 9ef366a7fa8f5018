// The brush of scenes: textured, shaded surfaces painted through a coverage layer, soft shadows, and the camera (light,
// blur, noise, contrast). Works on float RGB, about 0..1, in the canvas. Not responsible for what is where.
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

const wave = Float32Array.from({ length: 256 }, (_, i) => sinTurns(i / 256));
const square = wave.map((v) => (v > 0 ? 0.7 : -0.7));

/** Paints a surface through `canvas.layer.cov`. */
export function paint(canvas: Canvas, surface: Surface, random: Rng): void {
  const { size, rgb, layer, coarse, fine } = canvas;
  const { cov, x0, y0, x1, y1 } = layer;
  const { gradientX: gx, gradientY: gy, centreX: cx = size / 2, centreY: cy = size / 2, stripes, speckle } = surface;
  const [br, bg, bb] = surface.base;
  const [tr, tg, tb] = surface.tint;
  const table = random.chance(0.5) ? wave : square;
  const turn = random.uniform();
  const pitch = (256 * random.uniform(8, 26) * (stripes > 0 ? 1 : 0)) / size; // stripes over the picture
  const sx = pitch * sinTurns(turn);
  const sy = pitch * sinTurns(turn + 0.25);
  const shiftX = random.int(0, size - 1);
  const shiftY = random.int(0, size - 1);
  const key = random.u32();
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

/** Darkens what lies beside the shape in the layer, which is about to be painted over it: its coverage, moved and blurred. */
export function castShadow(canvas: Canvas, radius: number, random: Rng): void {
  const { size, rgb, layer, shadow } = canvas;
  const reach = Math.min(0.08 * size, 0.35 * radius);
  const dx = Math.round(random.uniform(-reach, reach));
  const dy = Math.round(random.uniform(-reach, reach));
  const depth = random.uniform(0.2, 0.5);
  shadow.fill(0);
  for (let y = Math.max(layer.y0, -dy); y < Math.min(layer.y1, size - dy); y++) {
    for (let x = Math.max(layer.x0, -dx); x < Math.min(layer.x1, size - dx); x++) {
      shadow[(y + dy) * size + x + dx] = depth * layer.cov[y * size + x];
    }
  }
  blur(shadow, size, size, 1, random.uniform(0.01, 0.03) * size);
  for (let p = 0, o = 0; p < shadow.length; p++, o += 3) {
    const light = 1 - shadow[p];
    rgb[o] *= light;
    rgb[o + 1] *= light;
    rgb[o + 2] *= light;
  }
}

/** The camera: light falling off to one side, blur, contrast and offset, sensor noise; returns 8-bit RGB. */
export function finish(canvas: Canvas, grey: boolean, difficulty: number, random: Rng): Uint8Array {
  const { size, rgb } = canvas;
  const sharpness = random.uniform(0.2, mix(0.5, 1.6, difficulty));
  if (sharpness > 0.35) blur(rgb, size, size, 3, (sharpness * size) / 128);
  const lx = (random.uniform(-0.3, 0.3) * difficulty) / size;
  const ly = (random.uniform(-0.3, 0.3) * difficulty) / size;
  const contrast = random.uniform(mix(0.85, 0.5, difficulty), 1.05);
  const offset = 127.5 + random.uniform(-25, 25);
  const noise = random.uniform(0, mix(3, 14, difficulty)) / 147.8;
  const key = random.u32();
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
