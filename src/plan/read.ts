import type { Gpu } from '../gpu/device';
import type { Tensor } from '../tensor/tensor';
import { compile } from './compile';
import type { PlanOptions } from './plan';

/** Computes one tensor: the same passes and kernels as a training step, on a graph pruned to it. */
export async function read(gpu: Gpu, x: Tensor, options: PlanOptions = {}): Promise<Float32Array> {
  return (await readAll(gpu, [x], options))[0];
}

/** Computes several tensors in one run. Inputs (leaves of kind `input`) must not occur: use constants. */
export async function readAll(gpu: Gpu, xs: readonly Tensor[], options: PlanOptions = {}): Promise<Float32Array[]> {
  const step = await compile(gpu, () => ({ outputs: Object.fromEntries(xs.map((x, i) => [String(i), x])) }), options);
  try {
    step.run();
    const out: Float32Array[] = [];
    for (let i = 0; i < xs.length; i++) out.push(await step.read(String(i)));
    return out;
  } finally {
    step.destroy();
  }
}
