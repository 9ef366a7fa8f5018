import { expect, test } from 'vitest';
import { matmul } from '../../src/ops/matmul';
import { pack } from '../../src/ops/plumbing';
import { exp } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { reshape } from '../../src/ops/view';
import { type PlanData, planStep } from '../../src/plan/plan';
import { input, type Tensor, trace } from '../../src/tensor/tensor';
import { caps } from './caps';

/** Products of random operands among those before, of random sizes; some results go into a pack. */
function randomStep(seed: number): PlanData {
  let state = seed;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return planStep(
    trace(() => {
      const known: Tensor[] = [16, 20, 33].map((n) => input(`x${n}`, [n, n]));
      const parts: Tensor[] = [];
      for (let k = 0; k < 120; k++) {
        const a = known[Math.max(0, known.length - 1 - below(12))];
        const n = a.shape[1];
        const y = matmul(exp(a), input(`w${n}.${k}`, [n, 8 + below(40)]));
        known.push(y);
        if (below(10) === 0) parts.push(matmul(y, input(`v${k}`, [y.shape[1], 5])));
      }
      const offsets = parts.map((_, i) => 256 * i + 64);
      const packed = pack(
        parts.map((p) => reshape(p, [p.shape[0] * p.shape[1]])),
        offsets,
        256 * parts.length + 64,
      );
      return { outputs: { s: sum(packed), last: known[known.length - 1] } };
    }),
    caps,
  );
}

test.each([1, 2, 3, 4])(
  'what lives at one time never overlaps, and no object is read and written at once: step %i',
  (seed) => {
    const p = randomStep(seed);
    const written = new Map<number, Map<number, Tensor>>();
    const slotOf = (t: Tensor) => p.placement.slots.get(t)!;
    /** Marks the words of a tensor as its own, or checks that they still are. */
    const words = (t: Tensor, f: (memory: Map<number, Tensor>, at: number) => void) => {
      const { object, offset, bytes } = slotOf(t);
      const memory = written.get(object) ?? new Map<number, Tensor>();
      written.set(object, memory);
      expect(offset % 256).toBe(0);
      expect(offset + bytes).toBeLessThanOrEqual(p.placement.objects[object].bytes);
      for (let at = offset; at < offset + bytes; at += 4) f(memory, at);
    };
    const read = (t: Tensor) => words(t, (memory, at) => expect(memory.get(at)).toBe(t));
    for (const d of p.list) {
      const ins = d.refs.map((r) => r.tensor).filter((t) => !t.leaf && t !== d.result);
      for (const t of ins) {
        expect(slotOf(t).object).not.toBe(slotOf(d.result).object);
        if (t.op.name !== 'pack') read(t);
        else for (const part of t.inputs) read(part.op.view ? part.inputs[0] : part);
      }
      words(d.result, (memory, at) => memory.set(at, d.result));
    }
    for (const t of p.outputs.values()) read(t);
    expect(p.bytes.planned).toBeGreaterThanOrEqual(p.bytes.peakLive);
    expect(p.bytes.planned).toBeLessThan(1.35 * p.bytes.peakLive);
  },
);

test('the gaps of a pack are never written', () => {
  const p = randomStep(1);
  const [pack] = [...p.placement.slots.keys()].filter((t) => t.op.name === 'pack');
  const { object } = p.placement.slots.get(pack)!;
  const inPack = [...p.placement.slots].filter(([t, s]) => s.object === object && t !== pack);
  // The first part begins at element 64.
  expect(Math.min(...inPack.map(([, s]) => s.offset))).toBe(256);
});
