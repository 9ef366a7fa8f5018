// RESULTS.md: what the claim says and what was measured, complete or not.

import type { MetricKey } from '../../data/experiment/runSummary';
import type { Json } from '../../train/experiment/overrides';
import type { TrainConfig } from '../../train/trainConfig';
import { DASH } from '../report/format';
import type { Table } from '../report/tables';
import { tableMarkdown } from '../report/tableText';
import type { FailedRun } from '../sweepTables';
import { ABOUT_RATES } from './claimArms';
import { fewPatientsText } from './claimPatients';
import { type ClaimPlan, promptsOn } from './claimRuns';
import { type ClaimScore, scoresWith, withCommonSeeds } from './claimScores';
import { claimTable, metricName } from './claimTables';
import { signed, type Verdict, verdicts } from './claimVerdict';

/** What RESULTS.md is made of. */
export interface ClaimState {
  readonly plan: ClaimPlan;
  /** Of every run. */
  readonly train: Pick<TrainConfig, 'steps' | 'batch' | 'patience'>;
  readonly scores: readonly ClaimScore[];
  /** Runs that there are, that are done, and that are neither done nor failed. */
  readonly runs: number;
  readonly done: number;
  readonly open: number;
  /** Of those done, how many were not measured with every prompt yet. */
  readonly unmeasured: number;
  readonly failed: readonly FailedRun[];
  /** The command line that goes on. */
  readonly command: string;
  /** The part with the pictures. */
  readonly figures: string;
}

/** The whole file. */
export function claimMarkdown(state: ClaimState): string {
  const { plan, scores } = state;
  const [first, ...others] = plan.prompts;
  return [
    '# The claim, measured on real images',
    head(state),
    ...(scores.length ? [verdictList(verdicts(scoresWith(scores, first)), first)] : []),
    ...(others.length ? byPrompt(state) : []),
    ...promptPart(state, first),
    ...ablations(state, first),
    ...others.flatMap((p) => promptPart(state, p)),
    ...(state.figures ? [state.figures] : []),
    reading(state),
    again(state),
  ].join('\n\n');
}

function head({ plan, train, scores, runs, done, open, unmeasured, failed }: ClaimState): string {
  const devices = [...new Set(scores.map((s) => s.summary.device).filter(Boolean))];
  const kept = train.patience === null ? '' : ', the best step by training cases that were held back';
  return [
    `**${done} of ${runs} runs are in**${open ? `; ${open} are not done yet and stand as – in the tables` : ''}${unmeasured ? `; ${unmeasured} of those that are in were not measured with every prompt yet` : ''}.`,
    ...failed.map((f) => `- failed: ${f.run}: ${f.error.split('\n')[0]}`),
    '',
    `Base ${plan.base}; one model per set, arm and seed; ${train.patience === null ? '' : 'at most '}${train.steps} steps of ${train.batch} objects (of volumes: a quarter as many slabs) for every arm${kept}, seeds ${plan.seeds.join(', ')};`,
    plan.folds > 1
      ? `${plan.folds}-fold cross validation (as many folds as patients where those are two or three), patients together where they are named; every case is measured once.`
      : 'one fixed split (30 % of the cases are measured), patients together where they are named; of two or three patients each is measured once, in a fold of its own.',
    `Device: ${devices.join('; ') || 'none yet'}. Numbers are means over classes and seeds with 95 % bootstrap intervals over cases.`,
  ].join('\n');
}

function verdictList(list: readonly Verdict[], prompt: string): string {
  return [
    `## The claim, prompt ${prompt}`,
    '',
    '| claim | holds | measured | seed by seed |',
    '| --- | --- | --- | --- |',
    ...list.map(
      (v) =>
        `| ${v.claim} | ${v.holds === 'no' ? '**no**' : v.holds} | ${v.measured} | ${v.seeds.map(signed).join(', ') || '–'} |`,
    ),
  ].join('\n');
}

/** The differences of the claim with each prompt; a row without any of them is left out. */
function byPrompt({ plan: { prompts, transfer }, scores }: ClaimState): string[] {
  const columns = prompts.map((prompt) => verdicts(scoresWith(scores, prompt)));
  const rows = columns[0].flatMap(({ difference }, i) => {
    const cells = columns.map((list) => list[i]);
    if (!difference || cells.every((v) => v.holds === 'open')) return [];
    const shown = ({ holds, measured }: Verdict) =>
      holds === 'open' ? DASH : holds === 'yes' ? `**${measured}**` : measured;
    return [`| ${difference} | ${cells.map(shown).join(' | ')} |`];
  });
  if (!rows.length) return [];
  const trained = transfer ? `: models trained with ${prompts[0]}` : '';
  const heads = [`| mean Dice over sets | ${prompts.join(' | ')} |`, `| --- |${' --- |'.repeat(prompts.length)}`];
  const legend = 'Bold: with this prompt the sentence above holds (a bound on the mean; of a part, that it helps).';
  return [[`## Differences with each prompt${trained}`, '', ...heads, ...rows, '', legend].join('\n')];
}

const small = (table: Table): string => tableMarkdown(table).replace(/^## /, '### ').trim();

function promptPart({ plan, scores }: ClaimState, prompt: string): string[] {
  const trained = plan.transfer && prompt !== plan.prompts[0] ? `, models trained with ${plan.prompts[0]}` : '';
  const arms = plan.arms.filter((a) => a.group === 'main');
  const sets = plan.sets.filter((s) => promptsOn(plan, s).includes(prompt));
  if (!arms.length || !sets.length) return [];
  const of = (metric: MetricKey) =>
    small(
      claimTable(plan, scores, {
        title: `${metricName(metric)}, prompt ${prompt}${trained}`,
        ...{ prompt, metric, arms, sets, later: true, costs: metric === 'dice' },
      }),
    );
  return [`## Prompt ${prompt}${trained}`, of('dice'), of('iou'), of('hd95')];
}

function ablations({ plan, scores }: ClaimState, prompt: string): string[] {
  const groups = ['prompt conditioning', 'SD-Trans'] as const;
  return groups.flatMap((group) => {
    const own = plan.arms.filter((a) => a.group === group);
    const sets = plan.sets.filter((s) => s.volumes === (group === 'SD-Trans'));
    const arms = plan.arms.filter((a) => own.includes(a) || ['zero-shot', 'adapters', 'med-sa'].includes(a.name));
    if (!own.length || !sets.length) return [];
    const title = `Dice, prompt ${prompt}, seeds that all of these arms have`;
    const table = { title, prompt, metric: 'dice', arms, sets, later: false, costs: true } as const;
    const names = arms.map((a) => a.name);
    return [`## Ablation: ${group}`, small(claimTable(plan, withCommonSeeds(scores, names), table))];
  });
}

function reading({ plan }: ClaimState): string {
  return [
    '## How to read this',
    '',
    ...plan.sets.map((s) => `- ${s.name}: ${s.note}${fewPatientsText(plan.patients, s)}.`),
    `- ${ABOUT_RATES}`,
    '- point-1 in measuring is the innermost pixel of the object; other prompts are drawn by the name of the object, the same in every run. box-0.75 and box-0.5 are boxes that overlap the tight box with that IoU.',
    '- ms/step is the median of a run; peak memory is what a training step holds on the device. A range: it differs between sets.',
    '- One empty mask of two counts as Dice 0 and as the diagonal in HD95.',
    '- An interval says how far a mean would move with other cases of these sets, not with other seeds or other sets; sets are small, so intervals are wide. “Not shown” in the claim’s table: the interval holds zero, or seeds disagree about the sign.',
  ].join('\n');
}

function again({ command }: ClaimState): string {
  return `## Again\n\n\`\`\`sh\n${command}\n\`\`\`\n\nThe same seeds give the same tables but for times. Called again, it goes on where it was stopped or killed.\n`;
}

/** What is recorded with the runs: another call must have the same. Sets, arms, prompts and seeds may grow. */
export const claimSettings = ({ base, folds, common }: ClaimPlan): Record<string, Json> => ({ base, folds, common });
