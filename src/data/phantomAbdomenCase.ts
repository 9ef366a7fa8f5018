// What one abdomen is made of: its plan, the Hounsfield units of its tissues, and what makes it hard.
import { mix } from './drawMath';
import { type AbdomenPlan, abdomenPlan } from './phantomAbdomenShape';
import type { Factor } from './phantomLevel';
import type { Rng } from './rng';

type Tissue = 'muscle' | 'liver' | 'vein' | 'spleen' | 'cortex' | 'medulla' | 'aorta' | 'pancreas' | 'wall';

/** Hounsfield units without contrast and 70 s after it. */
const tones: Readonly<Record<Tissue, readonly [plain: number, venous: number]>> = {
  ...{ muscle: [52, 64], liver: [56, 108], vein: [42, 148], spleen: [46, 122], cortex: [34, 178] },
  ...{ medulla: [30, 140], aorta: [42, 156], pancreas: [40, 92], wall: [40, 82] },
};

/** One body: what is drawn, before the scanner. */
export interface AbdomenCase {
  readonly plan: AbdomenPlan;
  readonly tone: Readonly<Record<Tissue, number>>;
  /** Height (y in mm) of the fluid in the stomach, air above; its units. */
  readonly level: number;
  readonly drink: number;
  /** Free fluid around the organs, 0..1. */
  readonly ascites: number;
  /** Dark spots in the liver: cysts and metastases, no class of their own. */
  readonly spots: number;
  /** Lime in the wall of the aorta, 0..1. */
  readonly lime: number;
}

/** A body by chance, as hard as `by` says. */
export function abdomenCase(by: Factor, random: Rng): AbdomenCase {
  const plan = abdomenPlan(by, random);
  // Contrast is what tells organs apart, and the less of it the harder; some are plain.
  const given = random.chance(0.12 * by(0.2, 3.5))
    ? random.uniform(0, 0.15)
    : random.uniform(0.65, 1.1) * by(1.15, 0.5);
  const own = Object.entries(tones).map(([t, [plain, venous]]) => [
    t,
    mix(plain, venous, given) + random.uniform(-4, 4),
  ]);
  return {
    plan,
    tone: Object.fromEntries(own) as Record<Tissue, number>,
    level: random.uniform(-62, -30),
    drink: random.chance(0.25) ? random.uniform(120, 260) : random.uniform(8, 35),
    ascites: Math.max(0, random.uniform(-1.2, 1) * by(0.3, 2)),
    spots: Math.max(0, random.uniform(-0.9, 0.8) * by(0.4, 1.8)),
    lime: Math.max(0, random.uniform(-0.8, 0.9)) * by(0.7, 1.4),
  };
}
