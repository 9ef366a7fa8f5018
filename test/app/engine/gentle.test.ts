import { expect, test } from 'vitest';
import { gentleTrainer } from '../../../src/app/engine/gentle';
import type { StepResult, Trainer } from '../../../src/train/trainer';

test('one step at a time, with a pause after each, and the rest as it was', async () => {
  let running = 0;
  let most = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  const trainer = {
    done: 0,
    get step() {
      return this.done;
    },
    async run() {
      starts.push(performance.now());
      most = Math.max(most, ++running);
      await new Promise((r) => setTimeout(r, 5));
      running--;
      ends.push(performance.now());
      trainer.done++;
      if (trainer.done === 2) throw new Error('no number');
      return { step: trainer.done } as StepResult;
    },
  };
  const gentle = gentleTrainer(trainer as unknown as Trainer, 20);
  const results = await Promise.allSettled([gentle.run([]), gentle.run([]), gentle.run([])]);
  expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(most).toBe(1);
  // Timers may fire a little early.
  for (const i of [1, 2]) expect(starts[i] - ends[i - 1]).toBeGreaterThan(18);
  expect(gentle.step).toBe(3);
});
