import type { Tensor } from '../tensor/tensor';

/** Nodes that `roots` depend on, inputs before users. Iterative: graphs of a training step are thousands deep. */
export function topological(
  roots: readonly Tensor[],
  inputsOf: (t: Tensor) => readonly Tensor[] = (t) => t.inputs,
): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>();
  const stack: { t: Tensor; next: number }[] = [];
  const push = (t: Tensor) => {
    if (done.has(t)) return;
    done.add(t);
    stack.push({ t, next: 0 });
  };
  for (const root of roots) {
    push(root);
    while (stack.length) {
      const top = stack[stack.length - 1];
      const ins = inputsOf(top.t);
      if (top.next < ins.length) push(ins[top.next++]);
      else {
        order.push(top.t);
        stack.pop();
      }
    }
  }
  return order;
}
