import type { Json } from './overrides';

/** Steps of every experiment; what they share. */
const common = (steps: number, batch: number): Json => ({
  checkpoint: steps,
  train: { steps, batch, lr: 3e-3 },
  eval: { times: 3 },
  output: { overlays: 4 },
});

const PROMPTED = ['medsa-none', 'medsa-add', 'medsa-concat', 'medsa-hyper', 'medsa-hyper-token'];

/** Sweeps by name: the comparisons of the papers, on the embedded phantoms unless other data are given. */
export const SWEEPS: Readonly<Record<string, Json>> = {
  'paper-2d': {
    name: 'paper-2d',
    common: common(120, 4),
    arms: ['zero-shot', 'decoder-only', 'full', 'medsam', 'lora', 'adalora', 'medsa', ...PROMPTED],
    seeds: [1, 2, 3],
    prompts: ['point-1'],
    data: ['phantoms'],
  },
  'paper-3d': {
    name: 'paper-3d',
    common: common(80, 2),
    arms: ['zero-shot', 'decoder-only', 'full', 'lora', 'medsa', 'sdtrans', 'medsa-hyper', 'sdtrans-hyper'],
    seeds: [1, 2, 3],
    prompts: ['point-1'],
    data: ['phantom-3d'],
  },
};
