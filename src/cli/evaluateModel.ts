import { join } from 'node:path';
import type { EvaluationSet, ExperimentData, Measured } from '../data/experiment/experimentData';
import { buildModel } from '../data/experiment/experimentModel';
import { overlayList } from '../data/experiment/overlayList';
import { promptPlan } from '../data/experiment/promptPlan';
import type { CaseRow, RunSummary } from '../data/experiment/runSummary';
import { caseRows } from '../data/experiment/summary';
import { promptHasMask, promptTokens } from '../data/trainItems';
import { deviceName } from '../gpu/device';
import type { Sam } from '../models/sam/sam';
import type { ExperimentConfig } from '../train/experiment/config';
import { summariseScores } from '../train/metrics/summary';
import { shapeOf } from '../train/trainItem';
import { writeWhole } from './files';
import type { Lab } from './lab';
import { measureModel, type RowShape } from './measure';
import type { RunFolderSummary } from './report/loadRuns';
import type { TrainedModel } from './trainedModel';

/** Mean Dice (classes alike) after 0, 1, … correcting clicks. */
export interface ClickCurve {
  readonly arm: string;
  readonly dice: readonly number[];
}

/** Summaries, the base's last, and the curves over clicks where they were asked for. */
export interface Evaluation {
  readonly runs: readonly RunFolderSummary[];
  readonly clicks: readonly ClickCurve[];
}

/** What is measured, how, and with what. */
interface Task {
  readonly clicks: number;
  readonly model: TrainedModel;
  readonly config: ExperimentConfig;
  readonly lab: Lab;
  readonly data: ExperimentData;
  readonly set: EvaluationSet;
  readonly shape: RowShape;
}

/**
 * Measures a model and, where it has an adapter, its bare base; the base comes last. With `out`, summary.json and pictures go there (those
 * of the base to `out`/base); `clicks` asks for the curve over correcting clicks, too. Null when it was stopped in between.
 */
export async function evaluateModel(
  model: TrainedModel,
  config: ExperimentConfig,
  lab: Lab,
  out: string | null,
  clicks = 0,
): Promise<Evaluation | null> {
  const t = { ...(await taskOf(model, config, lab)), clicks };
  for (const note of [...model.notes, ...t.data.notes]) lab.host.log.write(`note: ${note}\n`);
  const bare = buildModel({ adapters: [], trainable: 'none', seed: 0 }, model.base).sam;
  const before = await timed(t, bare, 'measuring the base');
  if (lab.host.stopped()) return null;
  const after = model.info ? await timed(t, model.sam, `measuring ${model.name}`) : null;
  const first = after ? [await written(t, model.name, after, before, out && join(out, '.'))] : [];
  const runs = [...first, await written(t, 'base', before, before, out && (after ? join(out, 'base') : out))];
  const curves = [...(after ? [curveOf(model.name, after)] : []), curveOf('base', before)];
  if (clicks && out) await writeWhole(join(out, 'clicks.json'), `${JSON.stringify(curves, null, 2)}\n`);
  return { runs, clicks: clicks ? curves : [] };
}

/** What a model alone scores on what `config` evaluates: a row per object. */
export async function evaluateRows(
  model: TrainedModel,
  config: ExperimentConfig,
  lab: Lab,
  label: string,
): Promise<CaseRow[]> {
  const t = { ...(await taskOf(model, config, lab)), clicks: 0 };
  const { results } = await timed(t, model.sam, label);
  return caseRows(t.data, t.set, config.eval, results);
}

const curveOf = (arm: string, { byClick }: Timed): ClickCurve => ({
  arm,
  dice: byClick.map((results) => summariseScores(results).classMean.dice),
});

async function taskOf(model: TrainedModel, config: ExperimentConfig, lab: Lab): Promise<Omit<Task, 'clicks'>> {
  const data = await lab.data(config.data, model.base.config.imageEncoder.imgSize);
  const { evaluation: kind } = promptPlan(config);
  const maskPrompts = promptHasMask(kind);
  const shape = { ...config.train, depth: data.depth, points: promptTokens(kind), maskPrompts };
  const set = data.evaluation(kind, shapeOf(shape, model.sam.config).maskSide);
  return { model, config, lab, data, set, shape };
}

/** Results, and how long they took. */
interface Timed {
  readonly results: readonly Measured[];
  /** Element k after k correcting clicks; `results` is the first. */
  readonly byClick: readonly (readonly Measured[])[];
  readonly seconds: number;
}

async function timed({ lab, set, shape, clicks }: Task, sam: Sam, label: string): Promise<Timed> {
  const began = performance.now();
  const byClick = await measureModel(sam, await lab.device(), set, shape, lab.host, label, clicks);
  return { results: byClick[0], byClick, seconds: (performance.now() - began) / 1000 };
}

/** The summary of one arm, written to `folder` with its pictures where there is one. */
async function written(
  t: Task,
  arm: string,
  { results, seconds }: Timed,
  before: Timed,
  folder: string | null,
): Promise<RunFolderSummary> {
  const { config, data, model, set, lab } = t;
  const { trained = 0, total = countOf(model) } = arm === 'base' ? {} : (model.info?.parameters ?? {});
  const summary: RunSummary = {
    arm,
    dataset: data.name,
    seed: config.seed,
    cases: caseRows(data, set, config.eval, results),
    unit: data.unit,
    tolerance: config.eval.surfaces ? config.eval.tolerance : null,
    parameters: { trained, total, percent: (100 * trained) / countOf(model) },
    steps: 0,
    msPerStep: null,
    seconds,
    peakBytes: null,
    device: deviceName((await lab.device()).caps),
    curve: [],
    overlays: folder ? await pictures(t, results, before.results, folder) : [],
  };
  if (folder) await writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return { path: folder ?? '', summary };
}

const countOf = ({ sam }: TrainedModel): number => sam.params.counts().base;

async function pictures(
  { set, config }: Task,
  results: readonly Measured[],
  before: readonly Measured[],
  folder: string,
): Promise<RunSummary['overlays']> {
  const list = overlayList(set, results, (i) => before[i].mask, config.output.overlays);
  for (const { about, png } of list) await writeWhole(join(folder, 'overlays', about.file), png);
  return list.map(({ about }) => about);
}
