import type { Tensor } from '../tensor/tensor';

/** Nodes between `stop` (not searched below) and `roots`, inputs before users. Iterative: graphs are deep. */
export function topological(roots: readonly Tensor[], stop: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const done = new Set<Tensor>(stop);
  const result = (t: Tensor) => order.push(t);
  for (const s of stop) result(s);
  const stack: { t: Tensor; next: number }[] = [];
  for (const root of roots) {
    if (done.has(root)) continue;
    done.add(root);
    stack.push({ t: root, next: 0 });
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (top.next < top.t.inputs.length) {
        const i = top.t.inputs[top.next++];
        if (!done.has(i)) {
          done.add(i);
          stack.push({ t: i, next: 0 });
        }
      } else {
        result(top.t);
        stack.pop();
      }
    }
  }
  return order;
}
