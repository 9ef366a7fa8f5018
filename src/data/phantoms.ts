// The embedded images: procedural phantoms, made in code, deterministic by seed. Three modalities are the default data;
// slices of the volume phantoms come on top. They imitate what makes the real pictures hard (faint borders, texture inside and outside, things in the way), not anatomy in detail.

import { slicedKinds } from './phantom3d';
import { dermoscopyClasses, paintDermoscopy } from './phantomDermoscopy';
import { fundusClasses, paintFundus } from './phantomFundus';
import { type Factor, factorOf, USUAL_LEVEL } from './phantomLevel';
import { paintSlice } from './phantomSlice';
import { paintUltrasound, ultrasoundClasses } from './phantomUltrasound';
import { type Rng, rng } from './rng';

/** The modalities that `phantoms` alone means: the default data. */
export const usualModalities = ['fundus', 'ultrasound', 'dermoscopy'] as const;

/** The modalities of `phantom`. */
export const phantomModalities = [...usualModalities, 'brain', 'abdomen'] as const;
/** Name of a modality. */
export type PhantomModality = (typeof phantomModalities)[number];

/** A label value and what it stands for. */
export interface PhantomClass {
  value: number;
  name: string;
}

/** One labelled phantom picture. */
export interface Phantom {
  /** e.g. `fundus-1-0042`: modality, seed, index. */
  id: string;
  modality: PhantomModality;
  /** RGB, (height, width, 3), 0..255; grey modalities have three equal channels. */
  image: Uint8Array;
  /** (height, width): 0 background, else a value of `classes`. Every class is present, in slices of volumes the tumour. */
  labels: Uint8Array;
  classes: readonly PhantomClass[];
  width: number;
  height: number;
}

/** Size and difficulty. */
export interface PhantomOptions {
  /** Pixels of a side, 32..1024, default 128. */
  size?: number;
  /** 0 (easy) to 1 (hard): contrast, noise, irregular borders, look-alikes, objects cut by the border; default 0.5. */
  level?: number;
}

interface Painter {
  readonly classes: readonly PhantomClass[];
  paint(size: number, random: Rng, by: Factor): { image: Uint8Array; labels: Uint8Array };
}

const sliceOf = (kind: keyof typeof slicedKinds): Painter => ({
  classes: slicedKinds[kind].classes,
  paint: (size, random, by) => paintSlice(slicedKinds[kind], size, random, by),
});

const painters: Readonly<Record<PhantomModality, Painter>> = {
  fundus: { paint: paintFundus, classes: fundusClasses },
  ultrasound: { paint: paintUltrasound, classes: ultrasoundClasses },
  dermoscopy: { paint: paintDermoscopy, classes: dermoscopyClasses },
  brain: sliceOf('brain'),
  abdomen: sliceOf('abdomen'),
};

/** The classes of a modality, by ascending label value. */
export function phantomClassesOf(modality: PhantomModality): readonly PhantomClass[] {
  return painterOf(modality).classes;
}

/**
 * Phantom number `index` of a seed: the same on every machine. `Error` for an unknown modality or an option out of range.
 */
export function phantom(modality: PhantomModality, seed: number, index: number, options: PhantomOptions = {}): Phantom {
  const { size = 128, level = USUAL_LEVEL } = options;
  const { paint, classes } = painterOf(modality);
  if (!Number.isInteger(size) || size < 32 || size > 1024)
    throw new Error(`phantom: size must be a whole number in 32..1024, got ${size}`);
  if (!Number.isSafeInteger(index) || index < 0)
    throw new Error(`phantom: index must be a whole number >= 0, got ${index}`);
  // A slice is one of the volume with the same seed and index.
  const stream = modality in slicedKinds ? 'phantom3d' : 'phantom';
  const { image, labels } = paint(size, rng(seed, stream, modality, index), factorOf(level));
  const id = `${modality}-${seed}-${String(index).padStart(4, '0')}`;
  return { id, modality, image, labels, classes, width: size, height: size };
}

function painterOf(modality: PhantomModality): Painter {
  if (!Object.hasOwn(painters, modality))
    throw new Error(`phantom: unknown modality '${modality}'; there are ${phantomModalities.join(', ')}`);
  return painters[modality];
}
