// Retinal vessels: trunks that leave the optic disc upwards and downwards, arch around the macula, branch and thin out.
import { addStroke, type Layer } from './drawFill';
import { clamp } from './drawMath';
import { type Colour, cover, curve, filterColour, type Picture } from './drawPicture';
import type { Frame } from './drawShapes';
import type { Rng } from './rng';

/** Arteries and veins: four pairs of branching trunks that leave the disc upwards and downwards, and small ones around. */
export function paintVessels(picture: Picture, disc: Frame, temporal: number, random: Rng): void {
  const { size } = picture;
  const rootX = disc.cx - temporal * disc.rx * random.uniform(0, 0.3);
  const rootY = disc.cy + disc.ry * random.uniform(-0.15, 0.15);
  const contrast = random.uniform(0.65, 1.1) * picture.by(0.8, 1.1);
  for (const vein of [true, false]) {
    const width = disc.rx * (vein ? random.uniform(0.12, 0.18) : random.uniform(0.08, 0.13));
    const tree = (layer: Layer) => {
      for (const up of [-1, 1]) {
        for (const out of [temporal, -temporal]) {
          const from = up * 0.25 * random.uniform(0.72, 1.05);
          const start = out > 0 ? from : 0.5 - from; // mirrored for the left half
          const level = up * random.uniform(-0.02, out === temporal ? 0.06 : 0.14);
          const end = out > 0 ? level : 0.5 - level;
          branch(
            layer,
            rootX,
            rootY,
            { from: start, bend: end - start, wiggle: 0.03 },
            size * random.uniform(0.55, 0.8),
            width,
            0,
            random,
          );
        }
      }
      for (let k = random.int(2, 5); k > 0; k--) {
        const turn = { from: random.uniform(), bend: random.uniform(-0.08, 0.08), wiggle: 0.04 };
        branch(layer, rootX, rootY, turn, size * random.uniform(0.15, 0.35), width * 0.45, 1, random);
      }
    };
    const cov = cover(picture, tree, (size / 128) * random.uniform(0.3, 0.55));
    const dark: Colour = vein ? [0.62, 0.36, 0.4] : [0.8, 0.5, 0.45];
    const strength = (v: number) => clamp(1 - (1 - v) * contrast, 0.1, 1);
    filterColour(picture, cov, [strength(dark[0]), strength(dark[1]), strength(dark[2])]);
  }
}

/** One vessel and, up to two generations deep, what leaves it. */
function branch(
  layer: Layer,
  x: number,
  y: number,
  turn: { from: number; bend: number; wiggle: number },
  length: number,
  width: number,
  generation: number,
  random: Rng,
): void {
  const steps = generation === 0 ? 16 : 8;
  const path = curve(x, y, turn, length, steps, random);
  addStroke(layer, path, width, width * 0.35);
  if (generation === 2) return;
  for (let k = random.int(2, 4) - generation; k > 0; k--) {
    const at = random.int(Math.floor(steps * 0.25), steps - 2);
    const side = random.chance(0.5) ? 1 : -1;
    const from = turn.from + (turn.bend * at) / steps + side * random.uniform(0.06, 0.13);
    const child = { from, bend: -side * random.uniform(0, 0.08), wiggle: 0.04 };
    const left = width * (1 - 0.65 * (at / steps));
    branch(
      layer,
      path[2 * at],
      path[2 * at + 1],
      child,
      length * random.uniform(0.3, 0.55),
      left * 0.65,
      generation + 1,
      random,
    );
  }
}
