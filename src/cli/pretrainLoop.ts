import { rng } from '../data/rng';
import { type PromptKind, promptTokens } from '../data/sceneBatch';
import { nextRound, type Round } from '../data/sceneClicks';
import { smallestShare } from '../data/scenes';
import { adamHyper } from '../ops/optim';
import { compile } from '../plan/compile';
import type { Step, Ticket } from '../plan/step';
import { feed } from '../train/feed';
import type { PretrainShape } from '../train/pretrainInputs';
import { pretrainStep } from '../train/pretrainStep';
import type { Run } from './pretrainRun';
import type { SceneJob } from './scenePool';
import { type FreshScenes, openScenes, type SceneSource } from './sceneSource';

/** Share of the run after which the auxiliary loss is dropped. */
const AUX_UNTIL = 0.6;
/** Share of the run after which answers are corrected by further clicks, with the mask as a prompt. */
const ROUNDS_FROM = 0.25;
/** Steps between two writes of the state, at least. */
const SAVE = 500;
/** Steps that a point of the curve is the mean of. */
const NOTE = 20;
/** Steps between two lines on the screen. */
const SHOW = 40;

/** When to stop before the end. */
export interface Stop {
  asked: boolean;
  readonly at: number;
}

/** One step in the making: what it is shown, and which round of its scenes it is. */
interface Turn {
  readonly scenes: FreshScenes;
  /** Prompt tokens per row. */
  readonly tokens: number;
  /** Prompts of this round; null where the step draws them. */
  readonly prompts: Pick<Round, 'points' | 'labels'> | null;
  /** Earlier answers as prompts; null in a first round. */
  readonly mask: Float32Array | null;
  /** Rounds that follow this one on the same scenes. */
  readonly left: number;
}

/** Steps from `r.step` to `end`, or until `stop`. `save` is called now and then. */
export async function pretrainLoop(r: Run, end: number, stop: Stop, save: () => Promise<void>): Promise<void> {
  const pool = openScenes(r.o.scenes);
  const steps = new Map<string, Step>();
  const log = curveLog(r, end);
  try {
    let turn: Turn | null = null;
    let pending: Promise<void> = Promise.resolve();
    let saved = r.step;
    const done = () => r.step >= end || (!turn && (stop.asked || performance.now() >= stop.at));
    for (let ahead = r.step; !done(); ) {
      for (; ahead < Math.min(end, r.step + pool.depth); ahead++) if (roundsAt(r, ahead)) pool.ahead(jobAt(r, ahead));
      turn ??= await firstTurn(r, pool);
      const step = await stepFor(r, steps, turn);
      const ticket = runTurn(r, step, turn);
      const now = r.step++;
      // One step is always in flight; the one before is read meanwhile.
      await pending;
      pending = log(ticket, now);
      turn = turn.left > 0 ? await correct(r, step, turn) : null;
      if (!turn && r.step - saved >= SAVE) {
        await pending.then(save);
        saved = r.step;
      }
    }
    await pending;
  } finally {
    pool.close();
    for (const s of steps.values()) s.destroy();
  }
}

/** Rounds of the scenes that begin at each step of a cycle; 0: a later round of those before. */
const CYCLE = [1, 1, 2, 0, 3, 0, 0, 1];

function roundsAt({ total }: Run, t: number): number {
  return t / total < ROUNDS_FROM ? 1 : CYCLE[t % CYCLE.length];
}

/** The scenes of step t, if it is the first round of new ones. Few, large, contrasted shapes until clicks have found their objects; then everything. */
function jobAt({ o, stage, total }: Run, t: number): SceneJob {
  const { seed, patch, objects } = o;
  const { size, batch } = stage;
  const hardest = Math.min(1, 0.1 + 1.4 * Math.max(0, t / total - 0.3));
  // Some steps click twice; the others mix single clicks and boxes, which take equally many tokens.
  const kinds: PromptKind[] = t % 4 === 0 && CYCLE[t % CYCLE.length] === 1 ? ['points'] : ['point', 'box'];
  return { seed, index: t, size, patch, batch, objects, kinds, hardest };
}

async function firstTurn(r: Run, source: SceneSource): Promise<Turn> {
  const job = jobAt(r, r.step);
  const scenes = await source.take(job);
  // A run that is taken up where no scenes begin, in a longer one say, goes on with new ones.
  const left = Math.max(1, roundsAt(r, r.step)) - 1;
  return { scenes, tokens: promptTokens(job.kinds), prompts: scenes.known, mask: null, left };
}

/** The next round of a turn: its answer is read, and a click set where it is wrong. */
async function correct(r: Run, step: Step, turn: Turn): Promise<Turn> {
  const rows = r.stage.batch * r.o.objects;
  const { known } = turn.scenes;
  const [masks, predicted] = await Promise.all([step.read('masks'), step.read('predicted')]);
  const target = known?.target ?? (await step.read('target'));
  const last = turn.prompts ?? { points: await step.read('points'), labels: await step.read('labels') };
  const options = { rows, size: r.stage.size, first: turn.mask === null, random: rng(r.o.seed, 'click', r.step) };
  const { points, labels, mask } = nextRound({ target }, last, { masks, predicted }, options);
  return { ...turn, tokens: turn.tokens + 1, prompts: { points, labels }, mask, left: turn.left - 1 };
}

function shapeOf(r: Run, turn: Turn): PretrainShape {
  const { batch, size } = r.stage;
  const auxiliary = r.step / r.total < AUX_UNTIL;
  const least = Math.ceil(smallestShare * size * size);
  const shape = { batch, objects: r.o.objects, tokens: turn.tokens, auxiliary, mask: turn.mask !== null };
  return turn.scenes.known ? shape : { ...shape, drawn: { least } };
}

async function stepFor(r: Run, steps: Map<string, Step>, turn: Turn): Promise<Step> {
  const shape = shapeOf(r, turn);
  const key = JSON.stringify(shape);
  const found = steps.get(key);
  if (found) return found;
  const at = performance.now();
  const made = await compile(r.gpu, pretrainStep(r.sam, r.params, r.state, shape), r.plan);
  steps.set(key, made);
  console.error(`compiled ${made.plan.list.length} dispatches in ${((performance.now() - at) / 1000).toFixed(1)} s`);
  return made;
}

function runTurn(r: Run, step: Step, { scenes, prompts, mask }: Turn): Ticket {
  return feed(step, {
    ...scenes.inputs,
    ...(prompts ? { points: prompts.points, labels: prompts.labels } : {}),
    ...(mask ? { mask } : {}),
    hyper: hyper(r, r.step),
    aux: Float32Array.of(2 * (1 - r.step / r.total / AUX_UNTIL)),
  });
}

/** Warm-up over 3 % of the steps, then cosine to 2 %. */
function hyper({ o, total }: Run, step: number): Float32Array {
  const warm = Math.max(1, 0.03 * total);
  const t = (step - warm) / (total - warm);
  const factor = step < warm ? (step + 1) / warm : 0.02 + 0.98 * 0.5 * (1 + Math.cos(Math.PI * t));
  return adamHyper(o.lr * factor, step + 1);
}

/** Reads a step's numbers and adds their means to the curve. Throws when the loss is no number. */
function curveLog(r: Run, end: number): (ticket: Ticket, now: number) => Promise<void> {
  let [since, from] = [performance.now(), r.step];
  let mean: Record<string, number> = {};
  return async (ticket, now) => {
    for (const k of ['loss', 'iou', 'norm']) {
      const [value] = await ticket.read(k);
      mean[k] = (mean[k] ?? 0) + value / NOTE;
      if (k === 'loss' && !Number.isFinite(value))
        throw new Error(`pretrain: the loss is ${value} at step ${now}; lower --lr, and start again from ${r.o.out}`);
    }
    if (now % NOTE !== NOTE - 1) return;
    r.curve.push({ step: now + 1, ...mean });
    const text = Object.entries(mean).map(([k, v]) => `${k} ${v.toFixed(3)}`);
    mean = {};
    if ((now + 1) % SHOW !== 0 && now + 1 - from < SHOW) return;
    const perStep = (performance.now() - since) / (now + 1 - from);
    const left = (perStep * (end - now - 1)) / 60_000;
    console.error(
      `${now + 1}/${end}  ${text.join('  ')}  ${(perStep / 1000).toFixed(3)} s/step  ${left.toFixed(1)} min left in this stage`,
    );
    [since, from] = [performance.now(), now + 1];
  };
}
