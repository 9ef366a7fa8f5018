// The arms of the claim: the rows of its tables.
import { nearNames } from '../../nn/near';
import type { Json } from '../../train/experiment/overrides';
import { arm } from '../../train/experiment/presets';
import { UsageError } from '../flags';

/** One arm. */
export interface ClaimArm {
  readonly name: string;
  /** What tables call it. */
  readonly title: string;
  /** Of the main table, or of a table of ablations. */
  readonly group: 'main' | 'prompt conditioning' | 'SD-Trans';
  /** Makes an arm of an experiment on images and on volumes; null: not run on such data. */
  readonly images: { readonly [key: string]: Json } | null;
  readonly volumes: { readonly [key: string]: Json } | null;
  /** It does not begin with the claim's base but with this one, at that base's side. */
  readonly scratch?: string;
  /** It takes no prompt: one model serves every prompt's table. */
  readonly promptless?: boolean;
}

/** Learning rates of images and of volumes; see `ABOUT_RATES`. */
const RATES = {
  images: { adapters: 1.6e-2, lora: 1.5e-2, decoder: 4e-3, full: 2e-3, scratch: 1e-3 },
  volumes: { adapters: 8e-3, lora: 1.5e-2, decoder: 4e-3, full: 5e-4, scratch: 1e-3 },
} as const;
type Kind = keyof typeof RATES;
type Rate = keyof (typeof RATES)[Kind];
type Config = { readonly [key: string]: Json };

const listed = (kind: Kind): string => {
  const { adapters, lora, decoder, full } = RATES[kind];
  return `adapters and Med-SA ${adapters}, LoRA ${lora}, decoder only ${decoder}, full ${full}`;
};
/** Where the rates come from, for who reads the tables. */
export const ABOUT_RATES = [
  `Rates on images: ${listed('images')}: of two to four tried for each, factors of 2 to 4 apart, those with the best Dice on two fifths of the training cases of dermoscopy and breast ultrasound, held back (sam-nano, 40 steps of 4), each the largest that was tried; no measured case was looked at.`,
  `Rates on volumes: ${listed('volumes')}: of the rates of images, a half and a quarter of them, those with the best Dice on three of the eight training volumes of the hippocampus, held back (sam-nano, 32 steps, one seed; adapters: the mean of Med-SA with and without SD-Trans). Few cases and one seed: full scored 0.587 with a quarter and 0.586 with the whole. This search followed a first table, with the rates of images on volumes, in which one Med-SA run on the brain volumes ended with empty masks, and a try of 0.004 for Med-SA on those measured volumes; the search itself looked at no measured volume.`,
  `U-Net ${RATES.images.scratch}, not searched.`,
].join(' ');

/** An arm's config with its rate on such data. */
const at = (config: Config, rate: Rate, kind: Kind) => ({ ...config, train: { lr: RATES[kind][rate] } });
const both = (config: Config, rate: Rate) => ({
  images: at(config, rate, 'images'),
  volumes: at(config, rate, 'volumes'),
});

/** Med-SA's widths for small bases (the preset medsa-slim): every arm of it, ablations too, has these. */
const [ENCODER, PROMPTED] = arm('medsa-slim').adapters as readonly Config[];
/** With depth adapters beside the others the encoder's are narrower, so that the whole stays below 5 % of a small base. */
const DEPTH: Json = { name: 'sdTrans', ratio: 0.11 };
/** Med-SA with encoder adapters `encoder` and the prompt-conditioning `how` in the decoder. */
const medsa = (kind: Kind, encoder: Json, how = 'hyper') =>
  at({ adapters: [encoder, { ...PROMPTED, arm: how }] }, 'adapters', kind);
const main = 'main' as const;

/** All arms, in the order of the tables. */
export const CLAIM_ARMS: readonly ClaimArm[] = [
  { name: 'zero-shot', title: 'zero-shot', group: main, images: arm('zero-shot'), volumes: arm('zero-shot') },
  { name: 'decoder-only', title: 'decoder only', group: main, ...both(arm('decoder-only'), 'decoder') },
  { name: 'lora', title: 'LoRA', group: main, ...both(arm('lora'), 'lora') },
  {
    name: 'adapters',
    title: 'adapters, encoder only',
    group: main,
    ...both({ adapters: [ENCODER] }, 'adapters'),
  },
  {
    name: 'med-sa',
    title: 'Med-SA',
    group: main,
    images: medsa('images', ENCODER),
    volumes: medsa('volumes', DEPTH),
  },
  { name: 'full', title: 'full fine-tune', group: main, ...both(arm('full'), 'full') },
  {
    name: 'unet',
    title: 'U-Net from scratch, no prompt',
    group: main,
    ...both({ adapters: [], trainable: 'all' }, 'scratch'),
    scratch: 'unet',
    promptless: true,
  },
  ...(['none', 'add', 'concat'] as const).map((how) => ({
    name: `med-sa-${how}`,
    title: `Med-SA, prompt ${how === 'none' ? 'not used' : how === 'add' ? 'added' : 'concatenated'}`,
    group: 'prompt conditioning' as const,
    images: medsa('images', ENCODER, how),
    volumes: null,
  })),
  {
    name: 'med-sa-slices',
    title: 'Med-SA without SD-Trans',
    group: 'SD-Trans',
    images: null,
    volumes: medsa('volumes', ENCODER),
  },
];

/** Columns and rows that a later issue fills. */
export const LATER: readonly { readonly title: string; readonly text: string }[] = [
  { title: 'Swin-UNETR', text: '–, comes later' },
];

/** Arms by name, or groups: `main`, `ablation`; all when none is given. `UsageError` with the nearest name. */
export function claimArms(names: readonly string[] = []): readonly ClaimArm[] {
  const wanted = new Set<ClaimArm>();
  for (const name of names) {
    const found = CLAIM_ARMS.filter(
      (a) => a.name === name || (name === 'main' && a.group === main) || (name === 'ablation' && a.group !== main),
    );
    if (!found.length) {
      const there = ['main', 'ablation', ...CLAIM_ARMS.map((a) => a.name)];
      const [near] = nearNames(name, there, 1);
      throw new UsageError(
        `--arms ${name}: there is no such arm${near ? `; did you mean ${near}?` : ''}; there are ${there.join(', ')}`,
      );
    }
    for (const a of found) wanted.add(a);
  }
  return CLAIM_ARMS.filter((a) => !names.length || wanted.has(a));
}
