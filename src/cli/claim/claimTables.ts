// The tables of the claim: arms in rows, sets in columns. What was not run is a dash that says so, never a number.

import { METRICS, type MetricKey } from '../../data/experiment/runSummary';
import { type Comparison, compareRuns } from '../report/comparison';
import { DASH } from '../report/format';
import { type Cell, cell, costCells, estimateCell, metricTitle, scoreCell, type Table } from '../report/tables';
import { type ClaimArm, LATER } from './claimArms';
import { type ClaimPlan, configOf, isStill } from './claimRuns';
import { type ClaimScore, scoresWith } from './claimScores';
import type { ClaimSet } from './claimSets';
import { meanOverSets } from './claimVerdict';

/** What a table shows. */
export interface TableOf {
  readonly title: string;
  readonly prompt: string;
  readonly metric: MetricKey;
  readonly arms: readonly ClaimArm[];
  readonly sets: readonly ClaimSet[];
  /** Rows that a later issue fills. */
  readonly later: boolean;
  /** With parameters, time and memory. */
  readonly costs: boolean;
}

/** The runs measured with a prompt side by side; null while nothing is done. */
export function claimComparison(scores: readonly ClaimScore[], prompt: string): Comparison | null {
  const with_ = scoresWith(scores, prompt).map((s) => s.summary);
  if (!with_.length) return null;
  const bare = with_.find((s) => s.arm === 'zero-shot');
  return compareRuns(with_, bare ? { against: bare.arm } : {});
}

const COSTS = ['trained', '% of base', 'ms/step', 'peak memory'];

/** One table. */
export function claimTable(plan: ClaimPlan, scores: readonly ClaimScore[], of: TableOf): Table {
  const here = scoresWith(scores, of.prompt);
  const c = claimComparison(scores, of.prompt);
  const overAll = of.metric === 'dice' && of.sets.length > 1;
  const columns = [
    'arm',
    ...(of.costs ? COSTS : []),
    ...of.sets.map((s) => setTitle(s, of, c)),
    ...(overAll ? ['mean over sets'] : []),
  ];
  const rows = of.arms.map((arm) => {
    const results = c?.results.filter((r) => r.arm === arm.title && of.sets.some((s) => s.name === r.dataset)) ?? [];
    const costs = results.length ? costCells(results).slice(0, COSTS.length) : COSTS.map(() => cell(DASH));
    return [
      cell(arm.title),
      ...(of.costs ? costs : []),
      ...of.sets.map((set) => setCell(plan, c, here, { arm, set, metric: of.metric })),
      ...(overAll ? [meanCell(here, arm, of.sets)] : []),
    ];
  });
  const empty = columns.slice(2).map(() => cell(DASH));
  const later = of.later ? LATER.map(({ title, text }) => [cell(title), cell(text), ...empty]) : [];
  return { title: of.title, columns, rows: [...rows, ...later], notes: [] };
}

function setTitle(set: ClaimSet, { metric }: TableOf, c: Comparison | null): string {
  const [first] = c?.results.filter((r) => r.dataset === set.name) ?? [];
  const name = metric === 'hd95' ? (first ? metricTitle(metric, first) : 'HD95') : '';
  return name ? `${set.name}: ${name}` : set.name;
}

function setCell(
  { seeds }: ClaimPlan,
  c: Comparison | null,
  here: readonly ClaimScore[],
  { arm, set, metric }: { arm: ClaimArm; set: ClaimSet; metric: MetricKey },
): Cell {
  if (!configOf(arm, set)) return cell('');
  const wanted = isStill(arm) ? 1 : seeds.length;
  const done = here.filter((s) => s.of === arm && s.set === set).length;
  const result = c?.results.find((r) => r.arm === arm.title && r.dataset === set.name);
  if (!c || !result) return cell(`${DASH} (0 of ${wanted} runs)`);
  const found = scoreCell(c, set.name, metric, result);
  const part = done < wanted ? `(${done} of ${wanted} seeds)` : '';
  const more = [found.more, part].filter(Boolean).join(' ');
  return { ...found, ...(more ? { more } : {}) };
}

/** Only of an arm that was measured on every set: other means cannot be compared. */
function meanCell(here: readonly ClaimScore[], arm: ClaimArm, sets: readonly ClaimSet[]): Cell {
  const own = sets.filter((set) => configOf(arm, set));
  const among = here.filter((s) => own.includes(s.set));
  const mean = meanOverSets(among, arm.name);
  if (own.length < sets.length || mean.sets.length < sets.length) return cell(DASH);
  return estimateCell(mean, 'dice');
}

/** `Dice`, `IoU`. */
export const metricName = (key: MetricKey): string => METRICS.find((m) => m.key === key)?.name ?? key;
