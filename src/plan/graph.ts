import type { Tensor } from '../tensor/tensor';

/**
 * Nodes that `roots` depend on, in the order in which they were made: inputs come before users, and every gradient where
 * the reverse sweep asked for it, so that what the forward kept dies early. Passes that rebuild a graph rebuild all of it,
 * in this order. Iterative: graphs of a step are thousands deep.
 */
export function topological(
  roots: readonly Tensor[],
  inputsOf: (t: Tensor) => readonly Tensor[] = (t) => t.inputs,
): Tensor[] {
  const found = new Set<Tensor>();
  const todo = [...roots];
  for (let t = todo.pop(); t; t = todo.pop()) {
    if (found.has(t)) continue;
    found.add(t);
    todo.push(...inputsOf(t));
  }
  return [...found].sort((a, b) => turn(a) - turn(b));
}

function turn(t: Tensor): number {
  return t.op.eager ? t.inputs[0].id + 0.5 : t.id;
}
