// What the claim says, and what was measured: means over data sets, each with the same weight.
import { rng } from '../../data/rng';
import { bootstrapMean, type Estimate, type Observation } from '../../train/stats/bootstrap';
import { CLAIM_ARMS } from './claimArms';
import { isStill } from './claimRuns';
import { type ClaimScore, withCommonSeeds } from './claimScores';

/** A mean over sets, and which sets it is over. */
export interface OverSets extends Estimate {
  readonly sets: readonly string[];
}

/** Values of one arm by object (set, case, class), seeds averaged, with the cluster that is resampled. */
function byObject(scores: readonly ClaimScore[], arm: string): Map<string, Observation> {
  const sums = new Map<string, Observation & { readonly n: number }>();
  for (const { set, summary } of scores.filter((s) => s.of.name === arm)) {
    for (const c of summary.cases) {
      const key = JSON.stringify([set.name, c.id, c.className]);
      const before = sums.get(key) ?? { value: 0, n: 0 };
      const cluster = JSON.stringify([set.name, c.patient ?? c.id]);
      sums.set(key, { cluster, stratum: set.name, value: before.value + c.dice, n: before.n + 1 });
    }
  }
  return new Map([...sums].map(([key, { n, value, ...o }]) => [key, { ...o, value: value / n }]));
}

const over = (rows: readonly Observation[], name: string): OverSets => ({
  ...bootstrapMean(rows, rng(0, 'over sets', name)),
  sets: [...new Set(rows.map((r) => r.stratum))],
});

/** Mean Dice of an arm over the sets on which it was measured, with its interval over cases. */
export const meanOverSets = (scores: readonly ClaimScore[], arm: string): OverSets =>
  over([...byObject(scores, arm).values()], arm);

/** Differences of Dice, `arm` − `other`, objects in pairs. */
function differences(scores: readonly ClaimScore[], arm: string, other: string): Observation[] {
  const others = byObject(scores, other);
  return [...byObject(scores, arm)].flatMap(([key, row]) => {
    const with_ = others.get(key);
    return with_ ? [{ ...row, value: row.value - with_.value }] : [];
  });
}

/** Mean difference of Dice, `arm` − `other`, over the sets on which both were measured; objects in pairs, the same seeds of both. */
export const differenceOverSets = (scores: readonly ClaimScore[], arm: string, other: string): OverSets =>
  over(differences(withCommonSeeds(scores, [arm, other]), arm, other), `${arm} ${other}`);

/** The same for every seed by itself, in ascending order: a seed's mean is over those sets that have it. */
export function differencesBySeed(scores: readonly ClaimScore[], arm: string, other: string): number[] {
  const both = withCommonSeeds(scores, [arm, other]);
  const seeds = [...new Set(both.filter((s) => !isStill(s.of)).map((s) => s.seed))].sort((a, b) => a - b);
  return seeds.map((seed) => {
    const rows = differences(
      both.filter((s) => isStill(s.of) || s.seed === seed),
      arm,
      other,
    );
    return bootstrapMean(rows, rng(0, 'mean'), 0).mean;
  });
}

/** Whether a sentence holds. `open`: what it needs was not measured. `not shown`: the interval or the seeds hold both answers. */
export type Holds = 'yes' | 'no' | 'not shown' | 'open';

/** One sentence of the claim. */
export interface Verdict {
  readonly claim: string;
  /** What is subtracted from what; empty where nothing is. */
  readonly difference: string;
  readonly holds: Holds;
  readonly measured: string;
  /** The difference with each seed. */
  readonly seeds: readonly number[];
}

/** A difference with its sign. */
export const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(3)}`;

const titleOf = (name: string): string => CLAIM_ARMS.find((a) => a.name === name)?.title ?? name;

/** How Med-SA's mean over sets differs from another arm's, judged by `holds`. */
function compared(
  scores: readonly ClaimScore[],
  other: string,
  claim: string,
  holds: (d: OverSets, seeds: readonly number[]) => Holds,
): Verdict {
  const arm = 'med-sa';
  const difference = `${titleOf(arm)} − ${titleOf(other)}`;
  const d = differenceOverSets(scores, arm, other);
  if (!d.sets.length) return { claim, difference, holds: 'open', measured: 'not measured yet', seeds: [] };
  const seeds = differencesBySeed(scores, arm, other);
  const interval = d.interval ? ` [${d.interval.map(signed).join(', ')}]` : '';
  const measured = `${signed(d.mean)}${interval} over ${d.sets.length} ${d.sets.length === 1 ? 'set' : 'sets'}`;
  return { claim, difference, holds: holds(d, seeds), measured, seeds };
}

/** The mean itself is what the sentence is about. */
const least =
  (bound: number) =>
  ({ mean }: OverSets): Holds =>
    mean >= bound ? 'yes' : 'no';

/** That something helps is shown by an interval beyond zero and by every seed: an interval over cases alone would let one lucky run decide. */
const helps = ({ interval }: OverSets, seeds: readonly number[]): Holds => {
  if (!interval) return 'not shown';
  if (interval[0] > 0 && seeds.every((d) => d > 0)) return 'yes';
  return interval[1] < 0 && seeds.every((d) => d < 0) ? 'no' : 'not shown';
};

/** What each part of Med-SA is compared with: the same without that part. */
const PARTS = [
  ['med-sa-none', 'The prompt in the decoder’s adapters (HyP-Adpt) helps: Med-SA above the same without it'],
  ['med-sa-add', 'Generated weights help: Med-SA above the same with the prompt added'],
  ['med-sa-concat', 'Generated weights help: Med-SA above the same with the prompt concatenated'],
  ['med-sa-slices', 'SD-Trans helps: Med-SA above the same without depth adapters, on volumes'],
] as const;

/** The claim's sentences about scores with one prompt. */
export function verdicts(scores: readonly ClaimScore[]): Verdict[] {
  const shares = scores.filter((s) => s.of.name === 'med-sa').map((s) => s.summary.parameters.percent);
  const mean = 'Mean Dice over sets: Med-SA at least';
  return [
    compared(scores, 'zero-shot', `${mean} 0.15 above the bare base`, least(0.15)),
    compared(scores, 'full', `${mean} full fine-tune − 0.01`, least(-0.01)),
    {
      claim: 'Med-SA trains at most 5 % of the base',
      difference: '',
      holds: shares.length ? (Math.max(...shares) <= 5 ? 'yes' : 'no') : 'open',
      measured: shares.length ? [...new Set(shares.map((p) => `${p.toFixed(2)} %`))].join(', ') : 'not measured yet',
      seeds: [],
    },
    ...PARTS.map(([other, claim]) => compared(scores, other, claim, helps)),
  ];
}
