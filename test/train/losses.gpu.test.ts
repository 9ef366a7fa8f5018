import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { LOSSES, type LossName, maskLoss } from '../../src/train/losses';

const gpu = await openGpu();
const side = 5;
const x = Float32Array.from({ length: 2 * side * side }, (_, i) => 3 * Math.sin(1.7 * i));
// The second row has padding in its last two rows of pixels.
const target = Float32Array.from(x, (_, i) => (i >= 2 * side * side - 2 * side ? -1 : i % 3 === 0 ? 1 : 0));

/** The definition in float64. */
function reference(name: LossName, logits: ArrayLike<number>): number {
  let total = 0;
  for (let b = 0; b < 2; b++) {
    let [bce, n, both, sizes] = [0, 0, 0, 0];
    for (let i = b * side * side; i < (b + 1) * side * side; i++) {
      if (target[i] < 0) continue;
      const p = 1 / (1 + Math.exp(-logits[i]));
      bce -= target[i] * Math.log(p) + (1 - target[i]) * Math.log(1 - p);
      n++;
      both += p * target[i];
      sizes += p + target[i];
    }
    total += bce / n + (name === 'bce' ? 0 : 1 - (2 * both + 1) / (sizes + 1));
  }
  return total / 2;
}

for (const name of LOSSES) {
  test(`${name}: value and gradient, padding left out`, async () => {
    const logits = constant(x, [2, 1, side, side]);
    const loss = maskLoss(name, logits, constant(target, [2, 1, side, side]));
    expect(loss.shape).toEqual([]);
    const [[value], g] = await readAll(gpu, [loss, ...grad(loss, [logits])]);
    expect(value).toBeCloseTo(reference(name, x), 5);
    const eps = 1e-5;
    for (let i = 0; i < x.length; i++) {
      const at = (d: number) =>
        reference(
          name,
          Float64Array.from(x, (v, k) => (k === i ? v + d : v)),
        );
      expect(Math.abs(g[i] - (at(eps) - at(-eps)) / (2 * eps))).toBeLessThan(1e-6);
      if (target[i] < 0) expect(g[i]).toBe(0);
    }
  });
}
