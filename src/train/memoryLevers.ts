import type { Caps } from '../gpu/device';
import { GpuError, showBytes } from '../gpu/errors';
import type { PlanOptions } from '../plan/plan';
import { type PlanData, planStep } from '../plan/plan';
import { trace } from '../tensor/tensor';
import { stepPlans } from './stepPlans';
import type { TrainConfig } from './trainConfig';
import type { StepParts } from './trainGraph';

/** A setting that takes less memory, and what a step's activations take with it. */
export interface Lever {
  readonly setting: Partial<TrainConfig>;
  readonly bytes: number;
  readonly saves: number;
}

/** A lever that saves less than this share is not worth naming. */
export const WORTH = 0.05;

/**
 * What would lower the memory of a training step, by planning alone: each setting on its own, then all of those that change
 * no result but the time. Largest saving first; `bytes` is what activations take as things are.
 */
export function memoryLevers(
  parts: Pick<StepParts, 'sam' | 'config' | 'hooks'>,
  caps: Caps,
  options: PlanOptions = {},
): { readonly bytes: number; readonly levers: readonly Lever[] } {
  const bytes = activations(parts, {}, caps, options);
  const levers = leverSettings(parts.config)
    .map((setting): Lever => {
      const less = activations(parts, setting, caps, options);
      return { setting, bytes: less, saves: bytes - less };
    })
    .filter((l) => l.saves > WORTH * bytes)
    .sort((a, b) => b.saves - a.saves);
  return { bytes, levers };
}

/** Settings that may take less memory, those together that change no result but the time. */
export function leverSettings(c: TrainConfig): Partial<TrainConfig>[] {
  const out: Partial<TrainConfig>[] = [];
  if (c.remat === 'none') out.push({ remat: 'blocks' });
  if (c.precision === 'f32') out.push({ precision: 'mixed' });
  if (out.length === 2) out.push({ remat: 'blocks', precision: 'mixed' });
  // The same step, a part at a time.
  if (c.batch > 1 && c.batch % 2 === 0) out.push({ batch: c.batch / 2, accumulate: 2 * c.accumulate });
  return out;
}

/** Bytes of activations. */
function activations(...args: Parameters<typeof stepPlan>): number {
  return stepPlan(...args).bytes.planned;
}

/** The plan of a training step with a setting changed, on a GPU without limits: the question is what would fit. */
export function stepPlan(
  { sam, hooks, config }: Pick<StepParts, 'sam' | 'config' | 'hooks'>,
  setting: Partial<TrainConfig>,
  caps: Caps,
  options: PlanOptions = {},
): PlanData {
  const most = Number.MAX_SAFE_INTEGER;
  const limits = { ...caps.limits, maxBufferSize: most, maxStorageBufferBindingSize: most };
  const free = { ...caps, limits: { ...limits, maxComputeWorkgroupsPerDimension: most } };
  const { graphs, options: how } = stepPlans({ sam, hooks, config: { ...config, ...setting } }, free, options);
  return planStep(trace(graphs[0]), free, { ...how, maxBytes: undefined });
}

/** `remat=blocks would save 1.70 GiB (381 MiB instead of 2.08 GiB)`, a line each. */
export function leversText({ bytes, levers }: ReturnType<typeof memoryLevers>): string {
  const name = (s: Partial<TrainConfig>) =>
    Object.entries(s)
      .map(([k, v]) => `${k}=${v}`)
      .join(' and ');
  return levers
    .map(
      (l) =>
        `${name(l.setting)} would save ${showBytes(l.saves)} (${showBytes(l.bytes)} of activations instead of ${showBytes(bytes)})`,
    )
    .join('\n');
}

/** A step that turned out too large: `e` with the levers added to its message; anything else as it is. */
export function withLevers(
  e: unknown,
  parts: Pick<StepParts, 'sam' | 'config' | 'hooks'>,
  caps: Caps,
  options: PlanOptions = {},
): unknown {
  if (!(e instanceof GpuError) || (e.kind !== 'limit' && e.kind !== 'memory')) return e;
  const text = leversText(memoryLevers(parts, caps, options));
  return text ? new GpuError(e.kind, `${e.message}\n${text}`) : e;
}
