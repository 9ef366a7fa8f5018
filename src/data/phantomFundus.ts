// A fundus photograph around the optic nerve head: retina under uneven light, disc with rim and cup, two generations of
// vessels across both, macula, camera field. The cup is told from the rim by a soft change of paleness only.
import { addPolygon } from './drawFill';
import { bell, clamp, cosTurns, mix, smoothstep } from './drawMath';
import { fractalNoise } from './drawNoise';
import { blendColour, type Colour, cover, createPicture, develop, type Picture, varyColour } from './drawPicture';
import { blobRadii, type Frame, radialPolygon } from './drawShapes';
import { paintVessels } from './phantomFundusVessels';
import { type Factor, spread } from './phantomLevel';
import type { Rng } from './rng';

/** Label values of a fundus phantom. The disc as a whole is rim and cup together. */
export const fundusClasses = [
  { value: 1, name: 'optic disc (rim, outside the cup)' },
  { value: 2, name: 'optic cup' },
] as const;

/** Colours of real retinas at full light, from orange through red and brown to greyish. */
const retinas: readonly Colour[] = [
  [0.78, 0.4, 0.15],
  [0.74, 0.3, 0.14],
  [0.56, 0.29, 0.14],
  [0.62, 0.4, 0.28],
  [0.5, 0.2, 0.1],
];

/** Paints one fundus phantom, as hard as `by` says: RGB (size, size, 3) and labels (size, size). */
export function paintFundus(size: number, random: Rng, by: Factor): { image: Uint8Array; labels: Uint8Array } {
  const picture = createPicture(size, by);
  const light = illumination(size, by, random);
  paintRetina(picture, random);
  const temporal = random.chance(0.5) ? 1 : -1;
  const disc: Frame = {
    cx: size * (0.5 - temporal * random.uniform(-0.06, 0.2) * by(0.6, 1.5)),
    cy: size * spread(random.uniform(0.38, 0.62), 0.5, by(0.6, 1.8)),
    rx: size * random.uniform(0.095, 0.16) * by(1.15, 0.85),
    ry: 0,
    turn: random.uniform(-0.05, 0.05),
  };
  disc.ry = disc.rx * random.uniform(0.98, 1.16);
  paintMacula(picture, disc, temporal, random);
  paintDisc(picture, disc, temporal, random);
  paintVessels(picture, disc, temporal, random);
  paintSpots(picture, random.fork('spots'));
  filterByLight(picture, light);
  paintField(picture, random);
  const soft = (size / 128) * random.uniform(0.25, 0.6) * by(0.8, 2);
  const image = develop(picture, soft, random.uniform(1, 4) * by(0.4, 2.2), false, random);
  return { image, labels: picture.labels };
}

/** Light over the picture (size, size), about 0.3..1.2: bright middle, dark side, slow mottling. */
function illumination(size: number, by: Factor, random: Rng): Float32Array {
  const light = fractalNoise(new Float32Array(size * size), size, size, 3, 3, 1, 0.5, random);
  const level = random.uniform(0.55, 1.1) * by(1.1, 0.75);
  const turn = random.uniform();
  const side = (random.chance(0.5) ? random.uniform(0.2, 0.9) : random.uniform(0, 0.2)) * by(0.4, 1.3);
  const gx = side * cosTurns(turn);
  const gy = side * cosTurns(turn - 0.25);
  const fall = random.uniform(0.2, 0.9) * by(0.5, 1.3);
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size - 0.5;
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - 0.5;
      const i = y * size + x;
      light[i] = level * clamp(1.05 + gx * u + gy * v - fall * (u * u + v * v) + 0.12 * light[i], 0.25, 1.3);
    }
  }
  return light;
}

/** Base colour with slow colour changes and the streaky pattern of the choroid. */
function paintRetina(picture: Picture, random: Rng): void {
  const { size, rgb } = picture;
  const base = varyColour(random.pick(retinas), random.pick(retinas), random.uniform(0, 0.5), 0.03, random);
  const slow = fractalNoise(new Float32Array(size * size), size, size, 4, 4, 2, 0.6, random);
  const streaks = fractalNoise(new Float32Array(size * size), size, size, 14, 11, 2, 0.8, random);
  const streaked = random.chance(0.35) ? random.uniform(0.08, 0.2) : random.uniform(0.02, 0.06);
  const choroid = streaked * picture.by(0.4, 1.8);
  for (let i = 0, o = 0; i < slow.length; i++, o += 3) {
    const ridge = 1 - Math.min(1, 4 * Math.abs(streaks[i])); // bright lines where the noise crosses zero
    const t = 1 + 0.12 * slow[i] + choroid * (ridge - 0.4);
    rgb[o] = base[0] * (0.7 + 0.3 * t);
    rgb[o + 1] = base[1] * t * (1 + 0.1 * slow[i]);
    rgb[o + 2] = base[2] * t;
  }
}

/** A dark, reddish spot without vessels about two and a half disc diameters to the temporal side. */
function paintMacula(picture: Picture, disc: Frame, temporal: number, random: Rng): void {
  const { size, rgb } = picture;
  const mx = disc.cx + temporal * disc.rx * random.uniform(4, 5.2);
  const my = disc.cy + disc.ry * random.uniform(0, 0.8);
  const width = disc.rx * random.uniform(1, 1.7);
  const depth = random.uniform(0.15, 0.45);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const q = ((x - mx) * (x - mx) + (y - my) * (y - my)) / (width * width);
      if (q >= 5) continue;
      const dark = 1 - depth * bell(q);
      const o = 3 * (y * size + x);
      rgb[o] *= mix(1, dark, 0.7);
      rgb[o + 1] *= dark;
      rgb[o + 2] *= dark;
    }
  }
}

/** Halo and disc with its cup; writes both labels. Paleness is uneven: the temporal side of the rim is paler than the nasal one. */
function paintDisc(picture: Picture, disc: Frame, temporal: number, random: Rng): void {
  const { size, by } = picture;
  const unit = size / 128;
  const halo = (random.chance(0.5) ? random.uniform(0.1, 0.45) : 0) * by(0.4, 1.4);
  if (halo > 0) {
    const grow = random.uniform(1.1, 1.4);
    const frame = { ...disc, cx: disc.cx + temporal * disc.rx * 0.15, rx: disc.rx * grow, ry: disc.ry * grow };
    const tone: Colour = random.chance(0.7) ? [0.85, 0.6, 0.35] : [0.3, 0.16, 0.1];
    const outline = radialPolygon(blobRadii(40, 4, 0.12, 1, random), frame);
    blendColour(
      picture,
      cover(picture, (l) => addPolygon(l, outline), unit * random.uniform(1, 3)),
      tone,
      halo,
    );
  }
  const edge = radialPolygon(blobRadii(48, 3, 0.05 * by(0.5, 2.5), 1, random), disc);
  const rim = cover(picture, (l) => addPolygon(l, edge), unit * random.uniform(0.6, 2) * by(0.7, 2), 1);
  const paleness = random.uniform(0.4, 0.85) * by(1.15, 0.6);
  slope(rim, size, disc, temporal * random.uniform(0.1, 0.3));
  blendColour(
    picture,
    rim,
    varyColour([0.95, 0.6, 0.26], [0.92, 0.65, 0.42], random.uniform(), 0.04, random),
    paleness,
  );
  paintCup(picture, disc, temporal, random);
}

/** The cup: paler, with a soft border, somewhat off the middle; writes its label over the disc's. */
function paintCup(picture: Picture, disc: Frame, temporal: number, random: Rng): void {
  const { by } = picture;
  const ratio = random.uniform(0.35, 0.75);
  const play = (1 - ratio) * 0.45;
  const cup: Frame = {
    cx: disc.cx + disc.rx * play * (temporal * 0.35 + random.uniform(-0.5, 0.5)),
    cy: disc.cy + disc.ry * play * random.uniform(-0.6, 0.6),
    rx: disc.rx * ratio,
    ry: disc.ry * ratio * random.uniform(0.92, 1.08),
    turn: disc.turn,
  };
  const brim = radialPolygon(blobRadii(40, 3, 0.08 * by(0.5, 2), 1, random), cup);
  const soft = cup.rx * random.uniform(0.12, 0.32) * by(0.7, 1.5);
  const bowl = cover(picture, (l) => addPolygon(l, brim), soft, 2);
  blendColour(
    picture,
    bowl,
    varyColour([1, 0.86, 0.46], [1, 0.9, 0.7], random.uniform(), 0.03, random),
    random.uniform(0.5, 0.9) * by(1.1, 0.55),
  );
}

/** Weakens a coverage towards one side of a frame: times 1 + amount * (x - cx) / rx, at most 1. */
function slope(cov: Float32Array, size: number, frame: Frame, amount: number): void {
  for (let i = 0; i < cov.length; i++) {
    if (cov[i] > 0) cov[i] *= Math.min(1, 0.85 + (amount * ((i % size) - frame.cx)) / frame.rx);
  }
}

/** Only above the usual level: pale exudates and dark haemorrhages, which a model that looks for bright or round falls for. */
function paintSpots(picture: Picture, random: Rng): void {
  const { size, by } = picture;
  for (let k = Math.round((by(1, 9) - 1) * random.uniform(0.4, 1.6)); k > 0; k--) {
    const pale = random.chance(0.6);
    const rx = size * random.uniform(0.008, 0.03);
    const [cx, cy] = [size * random.uniform(0.12, 0.88), size * random.uniform(0.12, 0.88)];
    const frame: Frame = { cx, cy, rx, ry: rx * random.uniform(0.5, 1), turn: random.uniform() };
    const outline = radialPolygon(blobRadii(24, 5, 0.4, 1, random), frame);
    const cov = cover(picture, (l) => addPolygon(l, outline), rx * random.uniform(0.15, 0.6));
    blendColour(picture, cov, pale ? [0.92, 0.72, 0.34] : [0.3, 0.1, 0.06], random.uniform(0.4, 0.85));
  }
}

function filterByLight(picture: Picture, light: Float32Array): void {
  const { rgb } = picture;
  for (let i = 0, o = 0; i < light.length; i++, o += 3) {
    rgb[o] *= 0.25 + 0.75 * light[i]; // red fades last
    rgb[o + 1] *= light[i];
    rgb[o + 2] *= light[i];
  }
}

/** The round field of the camera on black, its top and bottom sometimes cut flat, with a glow from the lens at one side. */
function paintField(picture: Picture, random: Rng): void {
  const { size, rgb } = picture;
  const radius = random.uniform(0.49, 0.68);
  const cx = 0.5 + random.uniform(-0.02, 0.02);
  const cy = 0.5 + random.uniform(-0.02, 0.02);
  const flat = random.uniform(0.4, 0.6);
  const soft = random.uniform(0.006, 0.02);
  const glow = random.chance(0.4 * picture.by(0.3, 1.6)) ? random.uniform(0.1, 0.5) : 0;
  const side = random.uniform();
  const [gx, gy] = [cosTurns(side), cosTurns(side - 0.25)];
  const tone = random.pick<Colour>([
    [0.7, 0.55, 0.15],
    [0.35, 0.4, 0.1],
    [0.8, 0.35, 0.1],
    [0.6, 0.5, 0.4],
  ]);
  const dark = random.uniform(0.005, 0.03);
  for (let y = 0; y < size; y++) {
    const v = (y + 0.5) / size - cy;
    for (let x = 0; x < size; x++) {
      const u = (x + 0.5) / size - cx;
      const r = Math.sqrt(u * u + v * v);
      const inside = smoothstep(radius, radius - soft, r) * smoothstep(flat, flat - soft, Math.abs(v));
      const shine = glow * smoothstep(radius - 0.28, radius, r + 0.35 * (u * gx + v * gy) - 0.1);
      const o = 3 * (y * size + x);
      for (let c = 0; c < 3; c++) rgb[o + c] = mix(dark, rgb[o + c] + shine * tone[c], inside);
    }
  }
}
