import { expect, test } from 'vitest';
import type { Measured } from '../../../src/data/experiment/experimentData';
import { parseRunSummary } from '../../../src/data/experiment/runSummary';
import { summaryOf } from '../../../src/data/experiment/summary';
import { resolveConfig } from '../../../src/train/experiment/config';

const measured = (id: string, dice: number): Measured => ({
  ...{
    id,
    className: 'disc',
    dice,
    iou: dice / (2 - dice),
    empty: 'no',
    mask: new Uint8Array(4),
    predicted: 2,
    truth: 2,
  },
});

const data = { name: 'fundus', unit: 'px', patients: new Map([['a', 'p']]), heldBack: [] } as never;
const set = { surfaces: (i: number) => ({ hd95: i, nsd: 0.5 }) } as never;

const outcome = {
  ...{ data, set, prompt: 'point-1', step: 130, before: [{ id: 'a', className: 'disc', dice: 0.1, iou: 0.05 }] },
  ...{ parameters: { trained: 1, total: 10, percent: 11 }, stepTimes: [5, 1, 3], seconds: 9, peakBytes: 7 },
  ...{ device: 'd', best: { step: 100, dice: 0.9 }, results: [measured('a', 0.8), measured('b', 0.7)] },
  metrics: [
    ...Array.from({ length: 130 }, (_, i) => ({ kind: 'step' as const, step: i + 1, loss: i })),
    { kind: 'evaluation' as const, step: 130, dice: 0.75 },
  ],
};

test('what reports read: rows with patients and surfaces, the middle step time, a curve of few points', () => {
  const config = resolveConfig({ adapters: [{ name: 'medsa' }, { name: 'lora' }], eval: { tolerance: 1 } }, []);
  const s = summaryOf({ ...outcome, config });
  expect(s).toMatchObject({ arm: 'medsa + lora', dataset: 'fundus', msPerStep: 3, tolerance: 1, steps: 130 });
  expect(s.cases.map((c) => [c.id, c.patient, c.hd95])).toEqual([
    ['a', 'p', 0],
    ['b', undefined, 1],
  ]);
  const losses = s.curve.filter((c) => c.loss !== undefined);
  expect([losses.length, losses[0], losses.at(-1)?.step]).toEqual([44, { step: 3, loss: 1 }, 130]);
  expect(s.curve.at(-1)).toEqual({ step: 130, dice: 0.75 });
  expect(parseRunSummary(JSON.parse(JSON.stringify(s)), 'here').arm).toBe('medsa + lora');
});

test('a name is what tables call it; without surfaces there is no tolerance', () => {
  const config = resolveConfig({ name: 'mine', eval: { surfaces: false } }, []);
  const s = summaryOf({ ...outcome, config, stepTimes: [] });
  expect([s.arm, s.tolerance, s.msPerStep, 'hd95' in s.cases[0]]).toEqual(['mine', null, null, false]);
});
