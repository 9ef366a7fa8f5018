import { again } from '../ops/plumbing';
import { apply, atPath, kept16, type Tensor } from '../tensor/tensor';

/**
 * Second computations of segments (`segment` in tensor/tensor): a function of a node and a segment that gives the node's
 * value as the backward of that segment may read it. What was made inside the segment is made once more, from what came in;
 * only that stays alive from the forward to the backward. Copies are made when they are first asked for, so that they come
 * after the gradient that needs them, in the plan's order, too. `keep` says in which form an input outlives the forward.
 */
export function recomputer(keep: (t: Tensor) => Tensor): (t: Tensor, segment: number) => Tensor {
  const made = new Map<number, Map<Tensor, Tensor>>();
  return (t, segment) => {
    const copies = made.get(segment) ?? new Map<Tensor, Tensor>();
    made.set(segment, copies);
    for (const x of missing(t, segment, copies)) copies.set(x, copyOf(x, segment, copies, keep));
    return copies.get(t)!;
  };
}

/** What `t` needs and nobody has copied yet, inputs before users. Iterative: segments may be deep. */
function missing(t: Tensor, segment: number, copies: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const found = new Set<Tensor>();
  const todo = [t];
  for (let x = todo.pop(); x; x = todo.pop()) {
    if (found.has(x) || copies.has(x)) continue;
    found.add(x);
    if (x.segment === segment) todo.push(...x.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

function copyOf(x: Tensor, segment: number, copies: ReadonlyMap<Tensor, Tensor>, keep: (t: Tensor) => Tensor): Tensor {
  if (x.segment !== segment) return again(keep(x), segment);
  const ins = x.inputs.map((i) => copies.get(i)!);
  return kept16(() => atPath(x.path, () => apply(x.op, ins, x.attrs)), x.half);
}
