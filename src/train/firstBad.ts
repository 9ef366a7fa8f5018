import type { Gpu } from '../gpu/device';
import { finite } from '../ops/finite';
import { addScalar, scale } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { compile } from '../plan/compile';
import { topological } from '../plan/graph';
import type { PlanOptions } from '../plan/plan';
import { numel, type Shape } from '../tensor/shape';
import type { HostArray, Tensor } from '../tensor/tensor';

/** The first node, in the order of computation, whose value holds numbers that are none. */
export interface BadNode {
  readonly op: string;
  /** Module path; for a leaf its name. */
  readonly path: string;
  readonly shape: Shape;
  /** How many elements are NaN or infinite. */
  readonly bad: number;
  /** True for a weight or an input: it was bad before anything was computed. */
  readonly leaf: boolean;
}

/**
 * Computes the graph of `build` once more and counts NaN and infinities in every node. Null when all are finite. Slow and memory-hungry:
 * for the moment after something went wrong. State leaves must be as they were before that step.
 */
export async function firstBad(
  gpu: Gpu,
  build: () => readonly Tensor[],
  inputs: Readonly<Record<string, HostArray>>,
  plan: PlanOptions = {},
): Promise<BadNode | null> {
  let nodes: Tensor[] = [];
  const step = await compile(
    gpu,
    () => {
      nodes = topological(build()).filter((t) => t.dtype === 'f32' && !t.op.view && !t.op.writes);
      return { outputs: Object.fromEntries(nodes.map((t, i) => [String(i), badCount(t)])) };
    },
    plan,
  );
  try {
    const known = new Set(step.plan.inputs.map((t) => t.leaf!.name));
    const ticket = step.run(Object.fromEntries(Object.entries(inputs).filter(([name]) => known.has(name))));
    const counts = await Promise.all(nodes.map((_, i) => ticket.read(String(i))));
    const at = counts.findIndex((c) => c[0] !== 0);
    if (at < 0) return null;
    const t = nodes[at];
    return {
      op: t.leaf ? t.leaf.kind : t.op.name,
      path: t.path,
      shape: t.shape,
      bad: counts[at][0],
      leaf: t.leaf !== null,
    };
  } finally {
    step.destroy();
  }
}

/** [1]. Counts up to 2²⁴ are exact; beyond, what matters is that they are not 0. */
function badCount(t: Tensor): Tensor {
  const missing = addScalar(scale(finite(t), -1), 1);
  return numel(t.shape) === 1 && t.shape.length === 1 ? missing : sum(missing);
}
