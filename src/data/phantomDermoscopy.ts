import { addPolygon, addStroke } from './drawFill';
import { cosTurns, mix, sinTurns, smoothstep } from './drawMath';
import { fractalNoise } from './drawNoise';
import {
  blendColour,
  type Colour,
  cover,
  createPicture,
  curve,
  develop,
  filterColour,
  type Picture,
  varyColour,
} from './drawPicture';
import { blobRadii, type Frame, radialPolygon } from './drawShapes';
import { paintLesion, pigments } from './phantomDermoscopyLesion';
import { type Factor, spread } from './phantomLevel';
import type { Rng } from './rng';

/** Label values of a dermoscopy phantom. */
export const dermoscopyClasses = [{ value: 1, name: 'skin lesion' }] as const;

const skins: readonly Colour[] = [
  [0.86, 0.62, 0.62],
  [0.84, 0.7, 0.56],
  [0.87, 0.5, 0.48],
  [0.85, 0.8, 0.78],
  [0.66, 0.48, 0.4],
  [0.82, 0.58, 0.68],
];

/** Paints one dermoscopy phantom, as hard as `by` says: RGB (size, size, 3) and labels (size, size). */
export function paintDermoscopy(size: number, random: Rng, by: Factor): { image: Uint8Array; labels: Uint8Array } {
  const picture = createPicture(size, by);
  paintSkin(picture, random);
  const frame = placeLesion(size, by, random);
  if (random.chance(0.3 * by(0.2, 2))) paintSatellites(picture, frame, random);
  paintLesion(picture, frame, random);
  if (random.chance(0.5 * by(0.2, 1.8))) paintHairs(picture, random);
  if (random.chance(0.3 * by(0.3, 2))) paintBubbles(picture, random);
  paintLight(picture, random);
  const soft = (size / 128) * random.uniform(0.2, 0.7) * by(0.8, 1.8);
  const image = develop(picture, soft, random.uniform(1, 4) * by(0.5, 2.2), false, random);
  return { image, labels: picture.labels };
}

/** Skin: base colour, slow blotches of redness, fine furrows, a few freckles. */
function paintSkin(picture: Picture, random: Rng): void {
  const { size, rgb } = picture;
  const base = varyColour(random.pick(skins), random.pick(skins), random.uniform(0, 0.5), 0.03, random);
  const slow = fractalNoise(new Float32Array(size * size), size, size, 4, 4, 3, 0.6, random);
  const fine = fractalNoise(new Float32Array(size * size), size, size, 24, 24, 2, 0.8, random);
  const reddened = random.chance(0.35) ? random.uniform(0.15, 0.4) : random.uniform(0.02, 0.12);
  const blotch = reddened * picture.by(0.5, 1.6);
  const furrow = random.uniform(0.01, 0.07) * picture.by(0.6, 1.6);
  for (let i = 0, o = 0; i < slow.length; i++, o += 3) {
    const red = blotch * slow[i];
    const t = 1 + furrow * fine[i] + 0.05 * slow[i];
    rgb[o] = base[0] * (t - 0.15 * red);
    rgb[o + 1] = base[1] * (t - 0.9 * red);
    rgb[o + 2] = base[2] * (t - 0.7 * red);
  }
}

function placeLesion(size: number, by: Factor, random: Rng): Frame {
  const u = random.uniform();
  const rx = size * mix(0.1, 0.36, u * Math.sqrt(u)) * by(1.1, 0.85);
  return {
    cx: size * spread(random.uniform(0.36, 0.64), 0.5, by(0.7, 2)),
    cy: size * spread(random.uniform(0.36, 0.64), 0.5, by(0.7, 2)),
    rx,
    ry: rx * random.uniform(0.65, 1),
    turn: random.uniform(),
  };
}

/** Other, fainter spots that are not the lesion and carry no label. */
function paintSatellites(picture: Picture, lesion: Frame, random: Rng): void {
  const { size } = picture;
  for (let k = random.int(1, 4); k > 0; k--) {
    const turn = random.uniform();
    const away = lesion.rx * random.uniform(1.5, 2.6);
    const rx = size * random.uniform(0.02, 0.07);
    const frame: Frame = {
      cx: lesion.cx + away * cosTurns(turn),
      cy: lesion.cy + away * sinTurns(turn),
      rx,
      ry: rx * 0.8,
      turn,
    };
    const outline = radialPolygon(blobRadii(24, 3, 0.3, 1, random), frame);
    const cov = cover(picture, (l) => addPolygon(l, outline), (size / 128) * random.uniform(0.8, 2));
    filterColour(picture, cov, varyColour(random.pick(pigments), [1, 1, 1], random.uniform(0.2, 0.7), 0.03, random));
  }
}

/** Long curved hairs right across, or short stubble. */
function paintHairs(picture: Picture, random: Rng): void {
  const { size } = picture;
  const unit = size / 128;
  const stubble = random.chance(0.3);
  const pale = random.chance(0.12);
  const common = random.uniform();
  const spread = random.uniform(0.04, 0.3);
  const hairs = cover(
    picture,
    (layer) => {
      for (let k = stubble ? random.int(8, 26) : random.int(2, 14); k > 0; k--) {
        const from = common + random.uniform(-spread, spread);
        const length = size * (stubble ? random.uniform(0.03, 0.1) : random.uniform(0.5, 1.3));
        const x = size * random.uniform() - 0.5 * length * cosTurns(from);
        const y = size * random.uniform() - 0.5 * length * sinTurns(from);
        const turn = { from, bend: random.uniform(-0.15, 0.15), wiggle: 0.008 };
        const width = unit * random.uniform(0.5, 1.3);
        addStroke(layer, curve(x, y, turn, length, stubble ? 3 : 14, random), width, width * 0.6);
      }
    },
    0.25 * unit,
  );
  if (pale) blendColour(picture, hairs, [0.9, 0.85, 0.75], 0.7);
  else filterColour(picture, hairs, random.chance(0.6) ? [0.3, 0.24, 0.24] : [0.5, 0.36, 0.3]);
}

/** Reflections and gel bubbles: small bright spots, some as rings. */
function paintBubbles(picture: Picture, random: Rng): void {
  const { size } = picture;
  const spots = cover(
    picture,
    (layer) => {
      for (let k = random.int(3, 20); k > 0; k--) {
        const r = (size / 128) * random.uniform(0.4, 1.5);
        const frame = {
          cx: size * random.uniform(),
          cy: size * random.uniform(),
          rx: r,
          ry: r * 0.8,
          turn: random.uniform(),
        };
        addPolygon(layer, radialPolygon(new Float64Array(10).fill(1), frame));
      }
    },
    (size / 128) * 0.4,
  );
  blendColour(picture, spots, [1, 0.98, 0.96], random.uniform(0.3, 0.8));
}

/** Light that falls off to the corners, and in some pictures the black edge of the lens. */
function paintLight(picture: Picture, random: Rng): void {
  const { size, rgb } = picture;
  const fall = random.uniform(0, 0.5) * picture.by(0.5, 1.6);
  const turn = random.uniform();
  const gx = 0.25 * random.uniform() * cosTurns(turn);
  const gy = 0.25 * random.uniform() * sinTurns(turn);
  const lens = random.chance(0.2 * picture.by(0.2, 2.5)) ? random.uniform(0.52, 0.66) : 2;
  const gain = random.uniform(0.8, 1.08);
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size - 0.5;
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - 0.5;
      const q = u * u + v * v;
      const light = gain * (1 - fall * q + gx * u + gy * v) * smoothstep(lens, lens - 0.05, Math.sqrt(q));
      const o = 3 * (y * size + x);
      rgb[o] *= light;
      rgb[o + 1] *= light;
      rgb[o + 2] *= light;
    }
  }
}
