import type { Gpu } from '../gpu/device';
import { matmul } from '../ops/matmul';
import { readSplit, splitChoices } from '../ops/matmulSplit';
import { transpose } from '../ops/view';
import { input, trace } from '../tensor/tensor';
import { bind } from './compile';
import { type Outputs, type PlanOptions, planStep } from './plan';
import type { Step } from './step';
import { targetOf } from './target';
import { judge, TOLERANCE } from './tune';
import type { Answer, Timing, Tuned } from './tuned';
import { deviation } from './tuneTrial';

/** Measuring into how many parts a long sum is best cut: whole plans of one product, its parts and their addition, are compared. */

/** Names of all products in the steps `builds` for which there is a choice; the same target and options as those of their plans. */
export function splitQuestions(
  gpu: Pick<Gpu, 'caps'>,
  builds: readonly (() => Outputs)[],
  plan: PlanOptions = {},
): string[] {
  const found = new Set<string>();
  const target = plan.target ?? targetOf(gpu.caps);
  const parts = (question: string) => {
    found.add(question);
    return null;
  };
  for (const build of builds) planStep(trace(build), gpu.caps, { ...plan, target: { ...target, parts } });
  return [...found];
}

/**
 * Times the numbers of parts that are offered for the product of that name, interleaved, each compared with the uncut product first.
 * `rounds` and `us` as for tune(). Null when the name is none.
 */
export async function tuneSplit(
  gpu: Gpu,
  name: string,
  { plan = {}, tuned, rounds = 5, us = 20_000 }: { plan?: PlanOptions; tuned?: Tuned; rounds?: number; us?: number },
): Promise<Answer | null> {
  const of = readSplit(name);
  if (!of) return null;
  const { m, k, n } = of;
  const choices = splitChoices([1, 1, m, n], k);
  const target = plan.target ?? targetOf(gpu.caps);
  const stepOf = (parts: number) =>
    bind(
      gpu,
      planStep(
        trace(() => product(of)),
        gpu.caps,
        { ...plan, tuned, target: { ...target, parts: () => parts } },
      ),
    );
  const steps: Step[] = [];
  try {
    for (const parts of choices) steps.push(await stepOf(parts));
    const timings = await compare(steps, choices, { a: wave(m * k, 1), b: wave(k * n, 2) });
    await race(steps, timings, rounds, us);
    const question = { key: name, op: 'split', dims: [m, n, k], layout: of.a + of.b, variants: choices.map(String) };
    return judge(question, timings, new Date().toISOString());
  } finally {
    for (const s of steps) s.destroy();
  }
}

function product({ m, k, n, a, b }: NonNullable<ReturnType<typeof readSplit>>): Outputs {
  const x = a === 't' ? transpose(input('a', [k, m])) : input('a', [m, k]);
  const y = b === 't' ? transpose(input('b', [n, k])) : input('b', [k, n]);
  return { outputs: { y: matmul(x, y) } };
}

/** Runs each once; those that differ from the uncut product are refused. */
async function compare(
  steps: readonly Step[],
  choices: readonly number[],
  data: Record<string, Float32Array>,
): Promise<(Timing & { us: number | null })[]> {
  const results: Float32Array[] = [];
  for (const s of steps) {
    s.run(data);
    results.push(await s.read('y'));
  }
  const want = results[choices.indexOf(1)];
  return choices.map((c, i) => {
    const error = deviation(results[i], want);
    const refused =
      error === null || !(error <= TOLERANCE) ? { refused: `wrong: deviates by ${error} from the uncut product` } : {};
    return { variant: String(c), us: null, error, ...refused };
  });
}

async function race(
  steps: readonly Step[],
  timings: { us: number | null; refused?: string }[],
  rounds: number,
  us: number,
): Promise<void> {
  for (let r = 0; r <= rounds; r++) {
    for (const [i, t] of timings.entries()) {
      if (t.refused) continue;
      // The first round only says how often the others repeat.
      const times = r && t.us ? Math.max(1, Math.min(200, Math.round(us / t.us))) : 1;
      t.us = Math.min(t.us ?? Infinity, await steps[i].burst(times));
    }
  }
}

/** Numbers in [-1, 1] without a period that a tile could hide. */
function wave(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => Math.sin(seed + i * 0.7310585));
}
