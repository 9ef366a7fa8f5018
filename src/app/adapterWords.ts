/** What adapters and arms are called on the page. */
import { ADAPTERS } from '../adapters/all';
import { canonical } from '../train/experiment/merge';
import { ARM_NAMES, aboutArm, arm } from '../train/experiment/presets';
import { parseRun, type RunConfig } from './configs';

const names: Readonly<Record<string, string>> = {
  medsa: 'Med-SA, encoder',
  hypAdpt: 'Med-SA, decoder (HyP-Adpt)',
  sdTrans: 'SD-Trans, encoder in 3-D',
  lora: 'LoRA',
  adalora: 'AdaLoRA',
  vpt: 'Visual prompts (VPT-deep)',
  ssf: 'Scale and shift (SSF)',
  ia3: '(IA)³',
  bitfit: 'Biases (BitFit)',
  decoderOnly: 'Mask decoder',
  full: 'All parameters',
};

/** A kind of adapter in words. */
export const adapterWords = (name: string): string => names[name] ?? name;

/** All kinds in words, in the order in which people look for them. */
export const ADAPTER_CHOICES: readonly (readonly [name: string, words: string])[] = [
  ...Object.keys(names).filter((n) => ADAPTERS.has(n)),
  ...[...ADAPTERS.keys()].filter((n) => !(n in names)),
].map((n) => [n, adapterWords(n)] as const);

/** Short enough for a list in a narrow column; those without are called as in the tables. */
const arms: Readonly<Record<string, string>> = {
  ...{ 'decoder-only': 'mask decoder', full: 'encoder and decoder', medsam: 'all, prompted by boxes' },
  ...{ lora: 'q, v and the MLP', adalora: 'ranks allotted', medsa: 'encoder adapters' },
  ...{ 'medsa-none': 'decoder, no prompt', 'medsa-add': 'prompt added', 'medsa-concat': 'prompt joined' },
  ...{ 'medsa-hyper': 'generated weights', 'medsa-hyper-token': 'weights a token' },
  ...{ sdtrans: 'encoder in 3-D', 'sdtrans-hyper': 'Med-SA in 3-D' },
};

/** Arms of the papers that train something. */
export const ARMS: readonly (readonly [name: string, words: string])[] = ARM_NAMES.filter(
  (name) => name !== 'zero-shot',
).map((name) => [name, `${name}: ${arms[name] ?? aboutArm(name)}`] as const);

/** The arm whose adapters a configuration has; null where it is none of them. */
export function armOf({ experiment }: RunConfig): string | null {
  const now = canonical(experiment.adapters);
  const found = ARMS.find(([name]) => {
    const { adapters, prompt } = arm(name);
    const same = canonical(parseRun({ experiment: { adapters } }).experiment.adapters) === now;
    return same && (prompt === undefined || prompt === experiment.prompt);
  });
  return found?.[0] ?? null;
}

/** The adapters of a run in a few words. */
export const adaptersText = ({ experiment }: RunConfig): string =>
  experiment.adapters.map((a) => adapterWords(a.name)).join(' + ') || 'none';
