// A head with a brain tumour as MRI shows it: T1 with contrast (the rim is bright) or FLAIR (oedema is bright, fluid dark).
// Drawn plane by plane, so that one slice costs a slice. In the manner of BraTS, skull included unless stripped.
import { mix, smoothstep } from './drawMath';
import { type BrainDepths, type BrainPlan, brainDepths, brainPlan, foliaOf } from './phantomBrainShape';
import { type TumourDepths, type TumourPlan, tumourDepths, tumourPlan, warpOf } from './phantomBrainTumour';
import type { Factor } from './phantomLevel';
import { fieldOf, insideEllipsoid, mapOf, noiseOn, type Plane, paintInside, paintOver, shareOf } from './phantomPlane';
import { type MrScan, mrScan, scanMr } from './phantomScanMr';
import type { DrawnPlane, VolumeCase } from './phantomVolume';
import type { Rng } from './rng';

/** Label values of a brain phantom; the tumour core is 2 and 3, the whole tumour 1, 2 and 3. */
export const brainClasses = [
  { value: 1, name: 'oedema' },
  { value: 2, name: 'enhancing rim' },
  { value: 3, name: 'necrosis' },
  { value: 4, name: 'ventricles' },
] as const;

type Tissue = 'scalp' | 'bone' | 'marrow' | 'fluid' | 'grey' | 'white' | 'oedema' | 'rim' | 'necrosis' | 'vessel';

const tones: Readonly<Record<'t1c' | 'flair', Readonly<Record<Tissue, number>>>> = {
  t1c: {
    ...{ scalp: 820, bone: 70, marrow: 420, fluid: 130, grey: 315, white: 440 },
    ...{ oedema: 315, rim: 760, necrosis: 200, vessel: 830 },
  },
  flair: {
    ...{ scalp: 640, bone: 50, marrow: 250, fluid: 90, grey: 450, white: 385 },
    ...{ oedema: 740, rim: 590, necrosis: 330, vessel: 120 },
  },
};

/** One head: what is drawn, before the scanner. */
interface BrainCase {
  readonly contrast: 't1c' | 'flair';
  readonly brain: BrainPlan;
  readonly tumour: TumourPlan;
  readonly tones: Readonly<Record<Tissue, number>>;
  /** Without scalp and skull, as given out for challenges. */
  readonly stripped: boolean;
  /** How many white matter spots beside the tumour, 0..1. */
  readonly spots: number;
  /** How much of the rim takes up contrast, 0..1. */
  readonly uptake: number;
}

/** A head by chance, as hard as `by` says. */
function brainCase(by: Factor, random: Rng): BrainCase {
  const contrast = random.chance(0.5) ? 't1c' : 'flair';
  const stripped = random.chance(0.4 * by(1.4, 0.5));
  const brain = brainPlan(random);
  const tumour = tumourPlan(brain, by, random);
  const usual = tones[contrast];
  const faint = by(1.15, 0.5) * random.uniform(0.85, 1.1);
  const near = (t: Tissue) => usual.white + (usual[t] * random.uniform(0.93, 1.07) - usual.white) * faint;
  const own = { ...usual, oedema: near('oedema'), rim: near('rim'), necrosis: near('necrosis') };
  const spots = Math.max(0, by(0, 1.9) - random.uniform(0.6, 1.2));
  return { contrast, brain, tumour, tones: own, stripped, spots, uptake: random.uniform(0.7, 1) * by(1, 0.8) };
}

/** A head by chance, ready to be drawn and scanned. */
export function brainVolume(by: Factor, random: Rng): VolumeCase {
  const one = brainCase(by, random);
  const scan: MrScan = mrScan(by, random);
  const { centre, radii } = one.tumour;
  const half = 0.4 * radii[2];
  return {
    draw: (plane) => drawBrain(one, plane),
    scan: (value, plane, slice) => scanMr(value, plane, scan, slice),
    heights: [centre[2] - half, centre[2] + half],
  };
}

function drawBrain(one: BrainCase, plane: Plane): DrawnPlane {
  const depths = brainDepths(one.brain, plane, warpOf(one.tumour));
  const tumour = tumourDepths(one.tumour, plane);
  const value = new Float32Array(plane.nx * plane.ny);
  if (!one.stripped) paintHead(value, one, plane, depths);
  const white = paintBrain(value, one, plane, depths);
  return { value, shares: paintTumour(value, one, plane, { depths, tumour, white }) };
}

/** Scalp, skull with marrow, and fluid around the brain. */
function paintHead(value: Float32Array, one: BrainCase, plane: Plane, { outline, brain }: BrainDepths): void {
  const { brain: plan, tones: tone } = one;
  const [px, gap] = [plane.sx, 2.2];
  const uneven = noiseOn(plane, 28, 2, 0.6, plan.key + 3);
  const grain = noiseOn(plane, 6, 2, 0.7, plan.key + 4);
  const shell = (from: number) => mapOf(outline, (d, i) => shareOf(d + from + 1.2 * uneven[i], px));
  paintOver(value, shell(gap + plan.skull + plan.scalp + 1.5), () => 0.55 * tone.scalp); // skin
  paintOver(value, shell(gap + plan.skull + plan.scalp), (i) => tone.scalp * (0.85 + 0.3 * grain[i]));
  const muscle = fieldOf(plane, (x, y, i) =>
    plane.z > 25
      ? 0
      : shareOf(outline[i] + gap + plan.skull + plan.scalp - 2, px) *
        smoothstep(40, 55, Math.abs(x)) *
        smoothstep(50, 25, Math.abs(y + 8)),
  );
  paintOver(value, muscle, (i) => 300 + 60 * grain[i]);
  paintOver(value, shell(gap + plan.skull), () => tone.bone);
  const thick = plan.skull / 2;
  const marrow = mapOf(outline, (d, i) => shareOf(0.28 * plan.skull + 0.7 * uneven[i] - Math.abs(d + gap + thick), px));
  paintOver(value, marrow, (i) => tone.marrow * (0.9 + 0.4 * grain[i]));
  paintOver(value, shell(gap), () => tone.fluid);
  if (plane.z > 0) return;
  const base = mapOf(outline, (d, i) => shareOf(d - 1, px) * shareOf(-1.5 - brain[i], px));
  const orbit = fieldOf(plane, (x, y) =>
    shareOf(insideEllipsoid(Math.abs(x) - 28, y + 70, plane.z + 44, 19, 24, 22), px),
  );
  const eye = fieldOf(plane, (x, y) =>
    shareOf(insideEllipsoid(Math.abs(x) - 30, y + 76, plane.z + 42, 12, 12, 12), px),
  );
  paintOver(value, base, (i) => mix(tone.bone, tone.marrow, smoothstep(-0.3, 0.6, grain[i] + uneven[i])));
  paintOver(
    value,
    mapOf(orbit, (o, i) => o * base[i]),
    (i) => tone.scalp * (0.9 + 0.2 * grain[i]),
  );
  paintOver(
    value,
    mapOf(eye, (o, i) => o * base[i]),
    () => 1.3 * tone.fluid,
  );
}

/** Grey and white matter, sulci, ventricles, vessels; returns the share of white matter. */
function paintBrain(value: Float32Array, one: BrainCase, plane: Plane, depths: BrainDepths): Float32Array {
  const { brain, tones: tone } = one;
  const px = plane.sx;
  const texture = noiseOn(plane, 5, 2, 0.8, brain.key + 5);
  const folia = noiseOn(plane, 7, 2, 0.6, brain.key + 6);
  const inside = mapOf(depths.brain, (d) => shareOf(d, px));
  const fluid = mapOf(depths.outline, (d, i) => shareOf(d + 1.5, px) * shareOf(depths.brain[i] + 3.5, px));
  paintOver(value, fluid, () => tone.fluid);
  const grey = mapOf(depths.brain, (d, i) => {
    if (depths.hindbrain[i] > 0)
      return foliaOf(folia[i]) * shareOf(depths.hindbrain[i] - 1, 4) * 0.6 + shareOf(2.2 - d, px) * 0.6;
    const cortex = shareOf(2.7 - Math.min(d, depths.sulcus[i] - brain.sulcus), px);
    return Math.max(cortex, 0.85 * shareOf(depths.nuclei[i], 2 * px));
  });
  paintOver(value, inside, (i) => mix(tone.white, tone.grey, Math.min(1, grey[i])) * (1 + 0.035 * texture[i]));
  const cleft = mapOf(
    inside,
    (c, i) => c * (depths.hindbrain[i] > -1 ? 0 : shareOf(brain.sulcus - depths.sulcus[i], px)),
  );
  paintOver(value, cleft, () => tone.fluid);
  paintVessels(value, one, plane, depths);
  paintInside(value, depths.ventricles, px, () => tone.fluid);
  return mapOf(
    inside,
    (c, i) => c * (1 - Math.min(1, grey[i])) * (1 - cleft[i]) * (1 - shareOf(depths.ventricles[i] + 1, px)),
  );
}

/** Vessels in the sulci and the sagittal sinus: bright where contrast was given. */
function paintVessels(value: Float32Array, one: BrainCase, plane: Plane, depths: BrainDepths): void {
  if (one.contrast !== 't1c') return;
  const a = noiseOn(plane, 21, 1, 1, one.brain.key + 7);
  const b = noiseOn(plane, 24, 1, 1, one.brain.key + 8);
  const cover = fieldOf(plane, (x, y, i) => {
    const d = depths.outline[i];
    const tube = 1.1 - 18 * Math.sqrt(a[i] * a[i] + b[i] * b[i]);
    const vein =
      shareOf(tube, plane.sx) * shareOf(2.2 - depths.sulcus[i], plane.sx) * shareOf(depths.brain[i] + 1, plane.sx);
    const back = y > 20 || plane.z > 45 ? 1 : 0;
    const sinus = back * shareOf(2.6 - 0.8 * Math.abs(x) - Math.max(0, Math.abs(d + 0.5) - 2), plane.sx);
    return Math.max(vein, one.stripped && d < 0 ? 0 : sinus);
  });
  paintOver(value, cover, () => one.tones.vessel);
}

/** Spots, oedema, rim, necrosis; the share of each label. */
function paintTumour(
  value: Float32Array,
  one: BrainCase,
  plane: Plane,
  { depths, tumour, white }: { depths: BrainDepths; tumour: TumourDepths; white: Float32Array },
): Float32Array[] {
  const { tones: tone, tumour: plan } = one;
  const px = plane.sx;
  if (one.spots > 0) {
    const noise = noiseOn(plane, 12, 2, 0.7, plan.key + 3);
    paintOver(
      value,
      mapOf(
        white,
        (w, i) => w * shareOf((noise[i] - 0.72 + 0.2 * one.spots) * 14, px) * shareOf(22 + depths.ventricles[i], 12),
      ),
      () => tone.oedema,
    );
  }
  const texture = noiseOn(plane, 6, 2, 0.7, plan.key + 4);
  const oedema = mapOf(white, (w, i) => tumour.oedema[i] * smoothstep(0.05, 0.75, w));
  paintOver(value, oedema, (i) => tone.oedema * (1 + 0.08 * texture[i]));
  const within = mapOf(depths.brain, (d, i) => shareOf(d, px) * (1 - shareOf(depths.ventricles[i], px)));
  const core = mapOf(tumour.core, (d, i) => shareOf(d, px) * within[i]);
  const fading = noiseOn(plane, 12, 2, 0.6, plan.key + 5);
  const bright = (i: number) => smoothstep(-0.9, 0.1, fading[i] + 2 * one.uptake - 1.6);
  const dull = mix(tone.white, tone.grey, 0.7);
  paintOver(value, core, (i) => mix(dull, tone.rim, bright(i)) * (1 + 0.1 * texture[i]));
  const dead = mapOf(tumour.necrosis, (d, i) => shareOf(d, 1.4 * px) * within[i]);
  paintOver(value, dead, (i) => tone.necrosis * (1 + 0.12 * texture[i]));
  return [
    mapOf(oedema, (v, i) => v * (1 - core[i])),
    mapOf(core, (v, i) => Math.max(0, v - dead[i])),
    dead,
    mapOf(depths.ventricles, (d, i) => shareOf(d, px) * shareOf(depths.outline[i], px)),
  ];
}
