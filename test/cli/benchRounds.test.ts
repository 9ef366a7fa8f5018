import { expect, test } from 'vitest';
import { AFFORDABLE, interleaved, type Rounds } from '../../src/cli/benchRounds';

/** Runs that take so long each, by a clock of their own. */
async function counted(ms: number, rounds: Rounds): Promise<[number, string]> {
  let time = 0;
  let order = '';
  const run = async (r: string) => {
    time += ms;
    order += r;
    return ms;
  };
  const times = await interleaved(['a', 'b'], rounds, run, () => time);
  expect(times.get('a')).toEqual(times.get('b'));
  return [times.get('a')!.length, order];
}

test('runners take turns, as often as is said', async () => {
  expect(await counted(1, 3)).toEqual([3, 'ababab']);
});

test('left alone: two rounds of slow work, twelve of quick work, a quarter of a minute between', async () => {
  expect((await counted(40_000, AFFORDABLE))[0]).toBe(2);
  expect((await counted(2_000, AFFORDABLE))[0]).toBe(4);
  expect((await counted(1, AFFORDABLE))[0]).toBe(12);
});

test('nobody to run: no rounds', async () => {
  expect((await interleaved([], AFFORDABLE, async () => 1)).size).toBe(0);
});
