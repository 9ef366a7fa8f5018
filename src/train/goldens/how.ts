import type { Gpu } from '../../gpu/device';
import type { Sam } from '../../models/sam/sam';
import { type AttentionForm, withAttention } from '../../ops/attention';
import { scale } from '../../ops/pointwise';
import { compile } from '../../plan/compile';
import type { Outputs, PlanOptions } from '../../plan/plan';
import type { Step } from '../../plan/step';
import { constant, type Tensor } from '../../tensor/tensor';
import { halfOptions, scales } from '../lossScaling';
import type { TrainConfig } from '../trainConfig';
import { withStorage } from '../trainGraph';

/** How a case is computed; by default as anything else is. Cases must hold whatever is chosen here. */
export interface How {
  readonly plan?: PlanOptions;
  readonly attention?: AttentionForm;
  /** Of whole training steps. */
  readonly precision?: TrainConfig['precision'];
  readonly remat?: TrainConfig['remat'];
  /** Compute everything a second time: what is not equal bit for bit fails. */
  readonly twice?: boolean;
  /** Told how many values each compiled step stores in 16 bits. */
  readonly onStored?: (count: number) => void;
}

/** Compiles a step of a case as its `how` says. */
export async function compileCase(gpu: Gpu, { how }: { readonly how: How }, build: () => Outputs): Promise<Step> {
  const plan = halfOptions(how.plan ?? {}, gpu.caps, { precision: how.precision ?? 'f32' });
  const step = await compile(gpu, () => withAttention(how.attention ?? null, build), plan);
  how.onStored?.(step.plan.list.filter((d) => d.result.dtype === 'f16').length);
  return step;
}

/** Runs `f`, the forward of a training step of `sam`, so that its values are stored as the case's `how` says. */
export function storedAs<T>({ how }: { readonly how: How }, sam: Sam, f: () => T): T {
  return withStorage(sam, { precision: how.precision ?? 'f32', remat: how.remat ?? 'none' }, f);
}

/** What torch.amp.GradScaler begins with. */
const SCALE = 2 ** 16;

/** The factor on the loss where gradients are stored in 16 bits, as the seed of its gradient, and how results are taken back. */
export function scaling({ how }: { readonly how: How }): {
  readonly seed: Tensor | undefined;
  readonly back: (g: Tensor) => Tensor;
} {
  if (!scales({ precision: how.precision ?? 'f32' })) return { seed: undefined, back: (g) => g };
  return { seed: constant([SCALE], [], 'loss scale'), back: (g) => scale(g, 1 / SCALE) };
}
