import type { Target } from '../tensor/op';
import { apply, atPath, type Tensor, trace } from '../tensor/tensor';
import { topological } from './graph';

/**
 * Replaces ops that declare `lower` by their composition, and rebuilds whatever depends on them. Runs after autograd,
 * so that a gradient is that of the whole and not of its parts. Some compositions depend on the `target`.
 */
export function lower(roots: readonly Tensor[], target?: Target): Tensor[] {
  return trace(() => lowerInTrace(roots, target));
}

function lowerInTrace(roots: readonly Tensor[], target?: Target): Tensor[] {
  const map = new Map<Tensor, Tensor>();
  for (const t of topological(roots)) map.set(t, lowered(t, map, target));
  return roots.map((t) => map.get(t)!);
}

function lowered(t: Tensor, map: Map<Tensor, Tensor>, target?: Target): Tensor {
  if (t.leaf) return t;
  const ins = t.inputs.map((i) => map.get(i)!);
  const made = t.op.lower ? atPath(t.path, () => t.op.lower!(ins, t.attrs, target)) : null;
  // A lowering may itself use ops that lower.
  if (made) return made.op.lower || made.inputs.some((i) => !ins.includes(i)) ? relower(made, ins, target) : made;
  return atPath(t.path, () => apply(t.op, ins, t.attrs));
}

/** Lowers the new nodes above `known` (which are lowered already). */
function relower(made: Tensor, known: readonly Tensor[], target?: Target): Tensor {
  const map = new Map<Tensor, Tensor>(known.map((k) => [k, k]));
  const order = topological([made], (t) => (map.has(t) ? [] : t.inputs));
  for (const t of order) if (!map.has(t)) map.set(t, lowered(t, map, target));
  return map.get(made)!;
}
