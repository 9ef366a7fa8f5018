import { apply, atPath, type Tensor, trace } from '../tensor/tensor';
import { topological } from './graph';

/**
 * Replaces ops that declare `lower` by their composition, and rebuilds whatever depends on them. Runs after autograd,
 * so that a gradient is that of the whole and not of its parts.
 */
export function lower(roots: readonly Tensor[]): Tensor[] {
  return trace(() => lowerInTrace(roots));
}

function lowerInTrace(roots: readonly Tensor[]): Tensor[] {
  const map = new Map<Tensor, Tensor>();
  for (const t of topological(roots)) map.set(t, lowered(t, map));
  return roots.map((t) => map.get(t)!);
}

function lowered(t: Tensor, map: Map<Tensor, Tensor>): Tensor {
  if (t.leaf) return t;
  const ins = t.inputs.map((i) => map.get(i)!);
  if (t.op.lower) {
    const made = atPath(t.path, () => t.op.lower!(ins, t.attrs));
    // A lowering may itself use ops that lower.
    return made.op.lower || made.inputs.some((i) => !ins.includes(i)) ? relower(made, ins) : made;
  }
  return atPath(t.path, () => apply(t.op, ins, t.attrs));
}

/** Lowers the new nodes above `known` (which are lowered already). */
function relower(made: Tensor, known: readonly Tensor[]): Tensor {
  const map = new Map<Tensor, Tensor>(known.map((k) => [k, k]));
  const order = topological([made], (t) => (map.has(t) ? [] : t.inputs));
  for (const t of order) if (!map.has(t)) map.set(t, lowered(t, map));
  return map.get(made)!;
}
