import { expect, test } from 'vitest';
import { CLAIM_ARMS, claimArms } from '../../../src/cli/claim/claimArms';

test('arms by name and by group, in the order of the tables', () => {
  expect(claimArms()).toEqual(CLAIM_ARMS);
  expect(claimArms(['full', 'lora']).map((a) => a.name)).toEqual(['lora', 'full']);
  expect([...claimArms(['main']), ...claimArms(['ablation'])]).toEqual(CLAIM_ARMS);
  expect(new Set(CLAIM_ARMS.map((a) => a.title)).size).toBe(CLAIM_ARMS.length);
});

test('a wrong name is answered with the nearest', () => {
  expect(() => claimArms(['ful'])).toThrow('--arms ful: there is no such arm; did you mean full?');
});
