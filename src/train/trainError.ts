import type { Gpu } from '../gpu/device';
import { sqrt, square } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import type { PlanOptions } from '../plan/plan';
import { showShape } from '../tensor/shape';
import { type HostArray, scope, type Tensor } from '../tensor/tensor';
import { type BadNode, firstBad } from './firstBad';
import { lossAndGradients, type StepParts } from './trainGraph';
import type { TrainItem } from './trainItem';

/** Training cannot go on: the loss or the gradient is no number. `bad` is the first value that was none, where it was found. */
export class TrainError extends Error {
  readonly step: number;
  readonly bad: BadNode | null;

  constructor(message: string, step: number, bad: BadNode | null) {
    super(message);
    this.name = 'TrainError';
    this.step = step;
    this.bad = bad;
  }
}

/** The step that failed. */
interface Failed {
  readonly step: number;
  readonly loss: number;
  readonly norm: number;
  readonly lr: number;
}

/** What is needed to compute the step once more. */
interface Again extends StepParts {
  readonly gpu: Gpu;
  readonly plan: PlanOptions;
}

/** Looks for the first bad op of a step, batch by batch, forward first, and says so in words. `inputs` are those of batch k. */
export async function explainBad(
  again: Again,
  failed: Failed,
  batches: readonly (readonly TrainItem[])[],
  inputs: (k: number) => Record<string, HostArray>,
): Promise<TrainError> {
  let bad: BadNode | null = null;
  let items = batches.flat();
  for (let k = 0; k < batches.length && !bad; k++) {
    bad = await search(again, inputs(k));
    if (bad) items = [...batches[k]];
  }
  const what = Number.isFinite(failed.loss) ? `the gradient's norm is ${failed.norm}` : `the loss is ${failed.loss}`;
  const ids = items.map((i) => `${i.id} (${i.className})`).join(', ');
  const lines = [
    `training stopped: ${what} at step ${failed.step} (learning rate ${failed.lr})`,
    bad ? describe(bad) : 'computed once more, op by op, every value is finite: an overflow in a fused sum',
    `items: ${ids}`,
    'remedy: a lower learning rate, clipping by norm, or a look at these items; the parameters are those before this step',
  ];
  return new TrainError(lines.join('\n  '), failed.step, bad);
}

function describe(bad: BadNode): string {
  const values = `${bad.bad} NaN or infinite values in ${showShape(bad.shape)}`;
  if (bad.leaf) return `the first bad value is not computed but given: ${bad.op} ${bad.path}, ${values}`;
  return `first bad op: ${bad.op} at ${bad.path || 'top'}, ${values}`;
}

async function search(failed: Again, batch: Record<string, HostArray>): Promise<BadNode | null> {
  const { gpu, plan } = failed;
  // From the images on: what stands in the embeddings' leaf may belong to a later batch.
  const again = { ...failed, embedding: null };
  const forward = await firstBad(gpu, () => [lossAndGradients(again).loss], batch, plan);
  if (forward) return forward;
  return firstBad(
    gpu,
    () => {
      const { grads } = lossAndGradients(again);
      return [...grads, ...grads.map((g) => scope('optimiser', (): Tensor => sqrt(sum(square(g)))))];
    },
    batch,
    plan,
  );
}
