import { wide } from '../ops/half';
import { add } from '../ops/pointwise';
import { expand } from '../ops/view';
import { sameShape, showShape } from '../tensor/shape';
import { atPath, constant, type Tensor } from '../tensor/tensor';
import { keeper } from './keep';
import { topological } from './order';
import { recomputer } from './recompute';

/**
 * Reverse-mode differentiation as a graph → graph function. `need` flows forward from `wrt`; the reverse sweep visits
 * only nodes that lie between `wrt` and the loss, and asks a VJP only for inputs that lie there. Hence no gradient of a
 * frozen weight and no backward below the first trainable one: not by a rule, but because nobody needs them.
 * Returns the gradients in the order of `wrt` (zeros where the loss does not depend on it).
 * `seed` is the cotangent of `loss` (ones by default; required unless `loss` has one element).
 */
export function grad(loss: Tensor, wrt: readonly Tensor[], seed?: Tensor): Tensor[] {
  return gradAll([loss], wrt, [seed ?? ones(loss)]);
}

function ones(loss: Tensor): Tensor {
  if (loss.shape.some((d) => d !== 1)) {
    throw new Error(`grad: the loss has shape ${showShape(loss.shape)}; reduce it to a scalar or give a cotangent`);
  }
  return constant([1], loss.shape, 'one');
}

/** Gradients of Σᵢ ⟨outs[i], seeds[i]⟩. */
export function gradAll(outs: readonly Tensor[], wrt: readonly Tensor[], seeds: readonly Tensor[]): Tensor[] {
  const order = topological(outs, wrt);
  const needed = new Set<Tensor>(wrt);
  for (const t of order) if (!needed.has(t) && t.inputs.some((i) => needed.has(i))) needed.add(t);
  const grads = new Map<Tensor, Tensor>();
  const accumulate = (t: Tensor, g: Tensor) => {
    const sofar = grads.get(t);
    grads.set(t, sofar ? atPath(t.path, () => add(sofar, g)) : g);
  };
  outs.forEach((o, i) => {
    if (needed.has(o)) accumulate(o, seeds[i]);
  });
  const stop = new Set(wrt);
  const keep = keeper();
  const recompute = recomputer(keep);
  const value: Value = (x, reader) => keep(reader.segment ? recompute(x, reader.segment) : x);
  for (let k = order.length - 1; k >= 0; k--) {
    const t = order[k];
    const dy = grads.get(t);
    if (!dy || stop.has(t) || !t.inputs.length) continue;
    pullBack(t, dy, needed, value, accumulate);
  }
  return wrt.map((t) => {
    const g = grads.get(t);
    return g ? wide(g) : expand(constant([0], [1], 'zero'), t.shape);
  });
}

/** The value of a forward node as the gradient of `reader` may read it. */
type Value = (x: Tensor, reader: Tensor) => Tensor;

function pullBack(
  t: Tensor,
  dy: Tensor,
  needed: ReadonlySet<Tensor>,
  value: Value,
  accumulate: (t: Tensor, g: Tensor) => void,
): void {
  const need = t.inputs.map((i) => needed.has(i));
  if (!need.some(Boolean)) return;
  if (!t.op.vjp)
    throw new Error(
      `grad: ${t.op.name} at ${t.path || 'top'} is not differentiable, but a trainable tensor lies behind it`,
    );
  const ins = t.inputs.map((i) => value(i, t));
  const gs = atPath(t.path, () => t.op.vjp!({ ins, out: value(t, t), dy, attrs: t.attrs, need }));
  gs.forEach((g, i) => {
    if (!g || !need[i]) return;
    if (!sameShape(g.shape, t.inputs[i].shape)) {
      throw new Error(
        `grad: ${t.op.name} gives a gradient ${showShape(g.shape)} for an input ${showShape(t.inputs[i].shape)}`,
      );
    }
    accumulate(t.inputs[i], g);
  });
}
