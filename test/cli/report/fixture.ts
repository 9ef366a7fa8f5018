import type { RunSummary } from '../../../src/data/experiment/runSummary';
import { rng } from '../../../src/data/rng';

/** A run with made-up scores around `level`: `cases` cases of every class, curves, costs. */
export function fakeRun(
  arm: string,
  dataset: string,
  seed: number,
  level: number,
  { cases = 24, classes = ['disc', 'cup'], unit = 'px' as 'px' | 'mm', trained = 16832 } = {},
): RunSummary {
  const r = rng(seed, 'fake', arm, dataset);
  const shared = rng(1, 'difficulty', dataset);
  const rows = Array.from({ length: cases }, (_, i) => {
    const hard = shared.uniform(-0.15, 0.1);
    return classes.map((className, k) => {
      const dice = Math.min(1, Math.max(0, level + hard - 0.08 * k + r.normal(0, 0.03)));
      const iou = dice / (2 - dice);
      return { id: `case-${i}`, className, dice, iou, hd95: 40 * (1 - dice), nsd: dice ** 2, empty: 'no' as const };
    });
  }).flat();
  rows[3] = { ...rows[3], dice: 0, iou: 0, nsd: 0, hd95: 181, empty: 'one' as never };
  const steps = 200;
  const curve = Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    loss: 0.1 + 0.9 * Math.exp(-i / 40 / level) + r.normal(0, 0.03),
    ...(i % 50 === 49 ? { dice: level * (1 - Math.exp(-(i + 1) / 60)) } : {}),
  }));
  return {
    ...{ arm, dataset, seed, cases: rows, unit, tolerance: 2, steps, curve, overlays: [] },
    parameters: { trained, total: 437_000 + trained, percent: (100 * trained) / 437_000 },
    ...{ msPerStep: 41.26 + seed, seconds: 12.5, peakBytes: 300_000_000 + seed, device: 'software adapter' },
  };
}
