import type { Gpu } from '../gpu/device';
import type { Params } from '../nn/params';
import { readParams } from '../nn/paramsIo';
import { compile } from '../plan/compile';
import type { Tensor } from '../tensor/tensor';
import type { Attachment } from './adapter';

/**
 * The parameters of the base that the attachments change, as tensors by name: with them in place the bare model computes
 * what the adapted one does. Layers are folded from the inside out, in the order of the attachments. Throws when one of
 * them is more than a change of weights.
 */
export function foldedParams(params: Params, attachments: readonly Attachment[]): ReadonlyMap<string, Tensor> {
  const folded = new Map<string, Tensor>();
  const value = (name: string) => folded.get(name) ?? params.tensor(name);
  for (const { adapter, folds, wrapped } of attachments) {
    for (const [i, fold] of folds.entries()) {
      if (!fold) {
        throw new Error(
          `merge: ${adapter} at ${wrapped[i]} is more than a change of weights, so it cannot be merged; keep it attached`,
        );
      }
      for (const [name, t] of Object.entries(fold(value))) folded.set(name, t);
    }
  }
  return folded;
}

/**
 * The state dict of the base with the attachments merged in: every parameter and buffer of the base under upstream's name,
 * read from `gpu`, ready to be written as a checkpoint of the plain model. Throws as `foldedParams` does.
 */
export async function mergedState(
  gpu: Gpu,
  params: Params,
  attachments: readonly Attachment[],
): Promise<Map<string, Float32Array>> {
  const base = params.all().flatMap((p) => (p.adapter === null ? [p.name] : []));
  const state = await readParams(params, gpu, base);
  if (attachments.every((a) => !a.folds.length)) return state;
  const step = await compile(gpu, () => ({ outputs: Object.fromEntries(foldedParams(params, attachments)) }));
  try {
    step.run();
    for (const name of step.plan.outputs.keys()) state.set(name, await step.read(name));
    return state;
  } finally {
    step.destroy();
  }
}
