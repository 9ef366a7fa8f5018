import { deviceName, type Gpu } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import { loadShaders } from '../gpu/shaders';
import { type Repeatable, type Stopwatch, stopwatch } from '../gpu/stopwatch';
import { trace } from '../tensor/tensor';
import type { Dispatch } from './dispatch';
import { type Outputs, type PlanOptions, planStep } from './plan';
import { targetOf } from './target';
import { type Answer, emptyTuned, familyOf, isFresh, type Question, type Timing, type Tuned } from './tuned';
import { type Bench, bench, deviation } from './tuneTrial';

/** Measuring: which kernel variant is fastest for each product, norm, attention … of given steps. Nothing here runs unless called. */

/** How thoroughly, and what is told meanwhile. */
export interface TuneOptions {
  /** Answers that need no measuring again; those of another device or other shaders are dropped. */
  readonly known?: Tuned | null;
  /** Rounds over all candidates; the least time of each counts. */
  readonly rounds?: number;
  /** Microseconds of one timing: short kernels are repeated that often. */
  readonly us?: number;
  /** Milliseconds after which no further question is begun, and of the present one only the oracle and the op's guess are tried. */
  readonly budget?: number;
  /** Questions of more operations are left to the ops' guess (a software adapter's plain kernel would take minutes). */
  readonly maxFlops?: number;
  /** Candidates tried of each question, so that compiling them leaves time for other questions; all of them by default. */
  readonly most?: number;
  /** Leaves kernels with workgroup memory untried: software adapters compile each for seconds, and it has never won there. */
  readonly light?: boolean;
  readonly plan?: PlanOptions;
  /** Called after each question with all answers so far. */
  readonly onAnswer?: (tuned: Tuned, done: number, total: number) => void;
  /** Asked before each question. */
  readonly stopped?: () => boolean;
}

/**
 * Tolerated deviation from the plain kernel, relative to its largest value: float32 sums of up to 2¹² products in another
 * order differ by a few 10⁻⁶; a wrong tile, mask or lane by far more than this.
 */
export const TOLERANCE = 1e-4;
/** The oracles by name, best first; where an op has none of these, the last of its kernels is its plainest. */
const PLAIN = ['naive', 'serial', 'rows4'];
/** A candidate that takes so many times the best is not timed again; a single time may be a hiccup, so much more after one. */
const HOPELESS = 3;
const HOPELESS_AT_ONCE = 15;
/** A winner must beat the op's guess by so much: below that it is noise, and plans should not change with noise. */
const CLEAR = 1.03;

const UNTRIED = 'not tried: out of time';

/** A question with a dispatch for each variant that can answer it. */
interface Trial {
  readonly question: Question;
  readonly candidates: readonly Dispatch[];
}

/** All distinct choices in the steps that `builds` describe, in the order of their first occurrence. */
export function trialsOf(gpu: Pick<Gpu, 'caps'>, builds: readonly (() => Outputs)[], plan: PlanOptions = {}): Trial[] {
  const found = new Map<string, { question: Question; candidates: Dispatch[] }>();
  for (const build of builds) {
    const outputs = trace(build);
    for (let round = 0, more = true; more; round++) {
      const { list } = planStep(outputs, gpu.caps, { ...plan, tuned: forced(gpu, found, round) });
      more = false;
      for (const d of list) {
        const q = d.question;
        if (!q || plan.variants?.[q.op] || d.result.dtype !== 'f32') continue;
        const trial = found.get(q.key) ?? { question: q, candidates: [] };
        found.set(q.key, trial);
        if (trial.candidates.length === round && round < q.variants.length) trial.candidates.push(d);
        more ||= round + 1 < q.variants.length;
      }
    }
  }
  return [...found.values()];
}

/** A table in which variant `round` of each question won: planning with it gives the candidates with all that is fused into them. */
function forced(gpu: Pick<Gpu, 'caps'>, found: ReadonlyMap<string, { question: Question }>, round: number): Tuned {
  const answers = [...found].map(([key, { question: q }]): [string, Answer] => {
    const winner = q.variants[Math.min(round, q.variants.length - 1)];
    return [key, { ...q, winner, guess: q.variants[0], timings: [], tolerance: 0, date: '' }];
  });
  return { ...emptyTuned(gpu.caps, ''), answers: Object.fromEntries(answers) };
}

/** Answers the questions of the steps `builds`; keeps `known` answers. Interrupted or out of time, it returns what there is. */
export async function tune(gpu: Gpu, builds: readonly (() => Outputs)[], options: TuneOptions = {}): Promise<Tuned> {
  // All candidates are planned, and what was measured holds for these shaders.
  await loadShaders();
  const { known, maxFlops = Infinity } = options;
  const until = performance.now() + (options.budget ?? Infinity);
  let tuned = known && isFresh(known, gpu.caps) ? known : emptyTuned(gpu.caps, deviceName(gpu.caps));
  const done = (key: string) => Object.hasOwn(tuned.answers, key) && (options.budget || isComplete(tuned.answers[key]));
  const open = trialsOf(gpu, builds, options.plan).filter(
    (t) => !done(t.question.key) && t.candidates[0].flops <= maxFlops,
  );
  const watch = stopwatch(gpu);
  try {
    for (const [i, trial] of open.entries()) {
      if (options.stopped?.() || performance.now() > until) break;
      const timings = await measure(gpu, trial, watch, until, options);
      const answer = judge(trial.question, timings, new Date().toISOString());
      if (answer) tuned = { ...tuned, answers: { ...tuned.answers, [trial.question.key]: answer } };
      options.onAnswer?.(tuned, i + 1, open.length);
    }
  } finally {
    watch.close();
  }
  return options.budget ? tuned : withSplits(gpu, builds, tuned, options);
}

/** Adds, where there is time for all, into how many parts long sums are cut; what the parts are computed by is chosen by then. */
async function withSplits(
  gpu: Gpu,
  builds: readonly (() => Outputs)[],
  known: Tuned,
  options: TuneOptions,
): Promise<Tuned> {
  const { splitQuestions, tuneSplit } = await import('./tuneSplit');
  let tuned = known;
  const open = splitQuestions(gpu, builds, options.plan).filter((name) => !Object.hasOwn(tuned.answers, name));
  for (const [i, name] of open.entries()) {
    if (options.stopped?.()) break;
    const answer = await tuneSplit(gpu, name, { ...options, tuned });
    if (answer) tuned = { ...tuned, answers: { ...tuned.answers, [name]: answer } };
    options.onAnswer?.(tuned, i + 1, open.length);
  }
  return tuned;
}

/** Whether time sufficed for all variants. */
const isComplete = (a: Answer): boolean => a.timings.every((t) => t.refused !== UNTRIED);

/** The fastest that may be used, in favour of the op's guess where it is nearly as fast; null when nothing may. */
export function judge({ key: _, variants, ...q }: Question, timings: readonly Timing[], date: string): Answer | null {
  const fit = timings.filter((t) => t.us !== null && !t.refused);
  if (!fit.length) return null;
  const best = fit.reduce((a, b) => (b.us! < a.us! ? b : a));
  const guess = fit.find((t) => t.variant === variants[0]);
  const winner = guess && guess.us! <= best.us! * CLEAR ? guess : best;
  return { ...q, winner: winner.variant, guess: variants[0], timings, tolerance: TOLERANCE, date };
}

/** The plainest of `variants`: what the others are compared with. */
export function plainest(variants: readonly string[]): string {
  return PLAIN.find((p) => variants.includes(p)) ?? variants[variants.length - 1];
}

async function measure(
  gpu: Gpu,
  { candidates, question }: Trial,
  watch: Stopwatch,
  until: number,
  options: TuneOptions,
): Promise<Timing[]> {
  const memory = bench(gpu, candidates[0]);
  try {
    const plain = plainest(question.variants);
    const order = inOrder(candidates, plain);
    const tried = new Set(order.filter((d) => d === candidates[0] || !tooHeavy(d, options)).slice(0, options.most));
    // A GPU's driver compiles in parallel; a software adapter needs the cores for what is being timed.
    const ahead = !targetOf(gpu.caps).software;
    if (ahead) await Promise.all([...tried].map((d) => memory.ready(d).catch(() => null)));
    const checked: Checked[] = [];
    let want: Float32Array | null = null;
    for (const d of order) {
      const late = !tried.has(d) || performance.now() > until;
      if (want && d !== candidates[0] && late) checked.push(refuse(d, UNTRIED));
      else {
        const c: Checked & { y?: Float32Array } = await check(memory, d, want, gpu);
        want ??= c.y ?? null;
        checked.push(c);
        if (!want) break;
      }
    }
    await race(checked, watch, options.rounds ?? 5, options.us ?? 20_000);
    return checked.map(({ variant, us, error, refused }) => ({ variant, us, error, ...(refused ? { refused } : {}) }));
  } finally {
    memory.free();
  }
}

const tooHeavy = (d: Dispatch, { light }: TuneOptions): boolean => Boolean(light) && /var<workgroup>/.test(d.wgsl.code);

/** The oracle, the guess, the first of each kind of kernel, the rest: what is worth trying while time lasts. */
function inOrder(candidates: readonly Dispatch[], plain: string): Dispatch[] {
  const kinds = candidates.map((d) => familyOf(d.kernel.variant));
  const rank = (d: Dispatch, i: number) => {
    if (d.kernel.variant === plain) return 0;
    return i === 0 ? 1 : kinds.indexOf(kinds[i]) === i ? 2 : 3;
  };
  const ranks = new Map(candidates.map((d, i) => [d, rank(d, i)]));
  return [...candidates].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
}

interface Checked extends Timing {
  us: number | null;
  readonly ready: Repeatable | null;
}

function refuse(d: Dispatch, refused: string, error: number | null = null): Checked {
  return { variant: d.kernel.variant, us: null, error, refused, ready: null };
}

/** Runs a candidate once and compares it with `want`; the first one, the oracle, only gives its result. */
async function check(
  memory: Bench,
  d: Dispatch,
  want: Float32Array | null,
  gpu: Gpu,
): Promise<Checked & { y?: Float32Array }> {
  try {
    const ready = await memory.ready(d);
    const y = await memory.result(ready);
    gpu.check();
    const error = deviation(y, want ?? y);
    if (error === null) return refuse(d, 'the plain kernel gives no finite value: nothing to compare with');
    if (!(error <= TOLERANCE))
      return refuse(d, `wrong: deviates by ${error.toExponential(1)} from the plain kernel`, error);
    return { variant: d.kernel.variant, us: null, error, ready, y };
  } catch (e) {
    if (!(e instanceof GpuError) || e.kind === 'lost') throw e;
    return refuse(d, `does not run: ${e.message.split('\n')[0]}`);
  }
}

/** Least times over interleaved rounds; whoever is hopeless after the first is left at its first time. */
async function race(all: readonly Checked[], watch: Stopwatch, rounds: number, target: number): Promise<void> {
  let field = all.filter((c) => c.ready && !c.refused);
  for (const c of field) c.us = await watch.time(c.ready!, 1);
  for (let i = 0; i < rounds; i++) {
    const best = Math.min(...field.map((c) => c.us!));
    field = field.filter((c) => c.us! <= (i < 2 ? HOPELESS_AT_ONCE : HOPELESS) * best);
    for (const c of field) {
      const times = Math.max(1, Math.min(200, Math.round(target / c.us!)));
      const us = await watch.time(c.ready!, times);
      // The single time before only said how often to repeat: browsers round it, to less than it was at times.
      c.us = i ? Math.min(c.us!, us) : us;
    }
  }
}
