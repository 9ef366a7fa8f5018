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
  const order = topological(roots);
  const alone = aloneIn(order, roots);
  for (const t of order)
    map.set(
      t,
      lowered(t, map, target, (i) => alone(t.inputs[i])),
    );
  return roots.map((t) => map.get(t)!);
}

/** Whether a tensor has one reader, and so has whatever it is a view of. */
function aloneIn(order: readonly Tensor[], roots: readonly Tensor[]): (x: Tensor) => boolean {
  const readers = new Map<Tensor, number>();
  for (const x of [...roots, ...order.flatMap((t) => t.inputs)]) readers.set(x, (readers.get(x) ?? 0) + 1);
  const alone = (x: Tensor): boolean => readers.get(x) === 1 && (!x.op.view || alone(x.inputs[0]));
  return alone;
}

function lowered(t: Tensor, map: ReadonlyMap<Tensor, Tensor>, target?: Target, alone?: (i: number) => boolean): Tensor {
  if (t.leaf) return t;
  const ins = t.inputs.map((i) => map.get(i)!);
  const made = t.op.lower ? atPath(t.path, () => t.op.lower!(ins, t.attrs, target, alone)) : null;
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
