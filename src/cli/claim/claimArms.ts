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

const both = (config: ClaimArm['images']) => ({ images: config, volumes: config });

/** Med-SA's widths for small bases (the preset medsa-slim): every arm of it, ablations too, has these. */
const [ENCODER, PROMPTED] = arm('medsa-slim').adapters as readonly { readonly [key: string]: Json }[];
/** With depth adapters beside the others the encoder's are narrower, so that the whole stays below 5 % of a small base. */
const VOLUMES: Json = { name: 'sdTrans', ratio: 0.11 };
/** Med-SA with encoder adapters `encoder` and the prompt-conditioning `how` in the decoder. */
const medsa = (encoder: Json, how = 'hyper') => ({ adapters: [encoder, { ...PROMPTED, arm: how }] });
const main = 'main' as const;

/** All arms, in the order of the tables. */
export const CLAIM_ARMS: readonly ClaimArm[] = [
  { name: 'zero-shot', title: 'zero-shot', group: main, ...both(arm('zero-shot')) },
  { name: 'decoder-only', title: 'decoder only', group: main, ...both(arm('decoder-only')) },
  { name: 'lora', title: 'LoRA', group: main, ...both(arm('lora')) },
  { name: 'adapters', title: 'adapters, encoder only', group: main, ...both({ adapters: [ENCODER] }) },
  {
    name: 'med-sa',
    title: 'Med-SA',
    group: main,
    images: medsa(ENCODER),
    volumes: medsa(VOLUMES),
  },
  { name: 'full', title: 'full fine-tune', group: main, ...both(arm('full')) },
  {
    name: 'unet',
    title: 'U-Net from scratch, no prompt',
    group: main,
    ...both({ adapters: [], trainable: 'all', train: { lr: 1e-3 } }),
    scratch: 'unet',
    promptless: true,
  },
  ...(['none', 'add', 'concat'] as const).map((how) => ({
    name: `med-sa-${how}`,
    title: `Med-SA, prompt ${how === 'none' ? 'not used' : how === 'add' ? 'added' : 'concatenated'}`,
    group: 'prompt conditioning' as const,
    images: medsa(ENCODER, how),
    volumes: null,
  })),
  {
    name: 'med-sa-slices',
    title: 'Med-SA without SD-Trans',
    group: 'SD-Trans',
    images: null,
    volumes: medsa(ENCODER),
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
