// One pigmented lesion as dermoscopy shows it: two or three tones, an irregular and partly fading border, pigment network,
// dots, pale or bluish areas. Pigment works as a filter on the skin below, so that skin shows through thin parts.
import { blur } from './drawBlur';
import { addPolygon } from './drawFill';
import { clamp, cosTurns, mix, sinTurns, smoothstep } from './drawMath';
import { fractalNoise } from './drawNoise';
import { blendColour, type Colour, cover, filterColour, type Picture, varyColour } from './drawPicture';
import { blobRadii, type Frame, radialPolygon } from './drawShapes';
import { spread } from './phantomLevel';
import type { Rng } from './rng';

/** What lesions leave of the skin's colour: light brown, brown, dark brown, red, blue-black. */
export const pigments: readonly Colour[] = [
  [0.8, 0.66, 0.5],
  [0.62, 0.45, 0.34],
  [0.45, 0.31, 0.26],
  [0.85, 0.5, 0.48],
  [0.38, 0.34, 0.4],
];

/** The lesion's body, its second and third tone, its inner structure; writes the label. */
export function paintLesion(picture: Picture, frame: Frame, random: Rng): void {
  const { size, by } = picture;
  const unit = size / 128;
  const outline = radialPolygon(blobRadii(72, 9, random.uniform(0.08, 0.42) * by(0.6, 1.5), 1, random), frame);
  const sharp = cover(picture, (l) => addPolygon(l, outline), 0, 1);
  const body = sharp.slice();
  const blurred = unit * random.uniform(0.8, 1.2) * mix(1, 4, random.uniform() * random.uniform());
  blur(body, size, size, 1, blurred * by(0.7, 1.8));
  const patches = fractalNoise(new Float32Array(size * size), size, size, 5, 5, 3, 0.7, random);
  fray(body, patches, random.uniform(0.1, 0.9) * by(0.6, 1.1));
  const first = varyColour(random.pick(pigments), random.pick(pigments), random.uniform(0, 0.4), 0.04, random);
  const pale = random.chance(0.4) ? random.uniform(0.3, 0.65) : random.uniform(0, 0.3);
  const faint = spread(pale, 1, by(1.1, 0.6)); // of the way from its pigment to none
  filterColour(picture, body, varyColour(first, [1, 1, 1], faint, 0.02, random));
  for (let tone = random.int(1, 2); tone > 0; tone--) {
    const second = varyColour(random.pick(pigments), first, random.uniform(0.2, 0.8), 0.05, random);
    const fading = (c: number) => spread(c, 1, by(1, 0.7));
    addTone(picture, body, [fading(second[0]), fading(second[1]), fading(second[2])], random);
  }
  if (random.chance(0.25)) paintRegression(picture, body, frame, random);
  if (random.chance(0.55)) paintNetwork(picture, body, patches, random);
  if (random.chance(0.4)) paintDots(picture, frame, random);
}

/** Makes a soft border ragged: the coverage is pushed up or down by noise where it is between 0 and 1. */
function fray(cov: Float32Array, noise: Float32Array, amount: number): void {
  for (let i = 0; i < cov.length; i++) {
    const a = cov[i];
    if (a > 0 && a < 1) cov[i] = clamp(a + amount * 4 * a * (1 - a) * noise[i], 0, 1);
  }
}

/** A second colour in patches of the lesion, with borders from soft to sharp. */
function addTone(picture: Picture, body: Float32Array, filter: Colour, random: Rng): void {
  const { size } = picture;
  const cells = random.int(3, 7);
  const noise = fractalNoise(new Float32Array(size * size), size, size, cells, cells, 3, 0.75, random);
  const level = random.uniform(-0.1, 0.2);
  const soft = random.uniform(0.12, 0.5);
  for (let i = 0; i < noise.length; i++) {
    noise[i] = body[i] > 0.02 ? body[i] * body[i] * smoothstep(level - soft, level + soft, noise[i]) : 0;
  }
  filterColour(picture, noise, filter);
}

/** A pale or bluish area inside the lesion, where pigment has gone or is covered. */
function paintRegression(picture: Picture, body: Float32Array, lesion: Frame, random: Rng): void {
  const rx = lesion.ry * random.uniform(0.25, 0.6);
  const frame: Frame = {
    cx: lesion.cx + lesion.ry * random.uniform(-0.4, 0.4),
    cy: lesion.cy + lesion.ry * random.uniform(-0.4, 0.4),
    rx,
    ry: rx * random.uniform(0.5, 1),
    turn: random.uniform(),
  };
  const outline = radialPolygon(blobRadii(32, 5, 0.4, 1, random), frame);
  const cov = cover(picture, (l) => addPolygon(l, outline), rx * random.uniform(0.15, 0.35));
  for (let i = 0; i < cov.length; i++) cov[i] *= body[i];
  const tone: Colour = random.pick<Colour>([
    [0.85, 0.72, 0.7],
    [0.5, 0.5, 0.62],
    [0.8, 0.66, 0.55],
  ]);
  blendColour(picture, cov, tone, random.uniform(0.3, 0.7));
}

/** Pigment network: a honeycomb (three waves at 120 degrees) bent by noise, dark lines on lighter meshes, patchy. */
function paintNetwork(picture: Picture, body: Float32Array, patches: Float32Array, random: Rng): void {
  const { size } = picture;
  const pitch = random.uniform(18, 32) / size; // waves over the picture
  const turn = random.uniform();
  const [ax, ay] = [pitch * cosTurns(turn), pitch * sinTurns(turn)];
  const [bx, by] = [pitch * cosTurns(turn + 1 / 3), pitch * sinTurns(turn + 1 / 3)];
  const bend = fractalNoise(new Float32Array(size * size), size, size, 7, 7, 2, 0.7, random);
  const dark = random.uniform(0.3, 0.8);
  const lines = new Float32Array(size * size);
  for (let i = 0; i < lines.length; i++) {
    if (body[i] < 0.05) continue;
    const x = i % size;
    const y = (i - x) / size;
    const p = ax * x + ay * y + 1.3 * bend[i];
    const q = bx * x + by * y - 1.1 * patches[i];
    const honey = (cosTurns(p) + cosTurns(q) + cosTurns(-p - q)) / 3; // -0.5 on the lines, 1 in the meshes
    const where = smoothstep(-0.35, 0.2, patches[i] + bend[i]);
    lines[i] = dark * body[i] * where * smoothstep(0.25, -0.4, honey);
  }
  filterColour(picture, lines, [0.5, 0.38, 0.32]);
}

function paintDots(picture: Picture, lesion: Frame, random: Rng): void {
  const { size } = picture;
  const radius = (size / 128) * random.uniform(0.7, 1.8);
  const dots = cover(
    picture,
    (layer) => {
      for (let k = random.int(5, 30); k > 0; k--) {
        const turn = random.uniform();
        const out = random.uniform(0, 0.9) * lesion.ry;
        const r = radius * random.uniform(0.6, 1.4);
        const frame = {
          cx: lesion.cx + out * cosTurns(turn),
          cy: lesion.cy + out * sinTurns(turn),
          rx: r,
          ry: r,
          turn: 0,
        };
        addPolygon(layer, radialPolygon(new Float64Array(10).fill(1), frame));
      }
    },
    (size / 128) * 0.3,
  );
  filterColour(picture, dots, random.chance(0.75) ? [0.45, 0.36, 0.34] : [1.25, 1.25, 1.2]);
}
