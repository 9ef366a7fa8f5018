import type { Gpu } from '../gpu/device';
import type { Params } from '../nn/params';
import { readLeaf } from '../plan/leaves';

/**
 * Asserts that nothing but what trains has changed: every frozen parameter and buffer on `gpu` must still have, bit for bit,
 * the values that were uploaded (those of its source, else the initial ones). Reads one at a time. Throws with their names
 * and the first difference; returns how many were compared.
 */
export async function checkFrozen(params: Params, gpu: Gpu): Promise<number> {
  const frozen = params.all().filter((p) => !p.trainable);
  const changed: string[] = [];
  let first = '';
  for (const { name } of frozen) {
    const [want, got] = [await params.values(name), await readLeaf(gpu, params.leaf(name))];
    const at = firstDifference(want, got);
    if (at < 0) continue;
    first ||= `${name}[${at}] was ${want[at]}, is ${got[at]}`;
    changed.push(name);
  }
  if (changed.length) {
    const names = changed.slice(0, 5).join(', ') + (changed.length > 5 ? `, … (${changed.length - 5} more)` : '');
    throw new Error(
      `frozen weights changed: ${changed.length} of ${frozen.length} parameters that do not train (${names}); ${first}. Something other than the optimiser writes to them`,
    );
  }
  return frozen.length;
}

/** Position of the first element whose bits differ; −1 when none does. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a, b].map((f) => new Uint32Array(f.buffer, f.byteOffset, f.length));
  return x.findIndex((v, i) => v !== y[i]);
}
