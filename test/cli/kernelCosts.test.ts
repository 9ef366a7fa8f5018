import { expect, test } from 'vitest';
import { costsBy, type KernelCost, kindText, leastTimes } from '../../src/cli/kernelCosts';

const cost = (kind: string, us: number, roofUs: number): KernelCost => ({
  kind,
  path: 'a.b',
  shape: '[2,3]',
  us,
  flops: 2e6,
  bytes: 1e6,
  roofUs,
  bound: 'memory',
});

test('kinds are sums, those first that lose most time to their roofline', () => {
  const kinds = costsBy([cost('a', 10, 9), cost('b', 30, 10), cost('a', 20, 5), cost('c', 1, 2)], (c) => c.kind);
  expect(kinds.map(({ kind, count, us, roofUs }) => [kind, count, us, roofUs])).toEqual([
    ['b', 1, 30, 10],
    ['a', 2, 30, 14],
    ['c', 1, 1, 2],
  ]);
  expect(kinds[1]).toMatchObject({ flops: 4e6, bytes: 2e6 });
});

test('the table says time, share, ratio, loss and speed', () => {
  const [head, first] = kindText(costsBy([cost('a', 1000, 500), cost('b', 3000, 3000)], (c) => c.kind)).split('\n');
  expect(head.split(/\s{2,}/)).toContain('lost ms');
  expect(first.split(/\s+/)).toEqual(['a', '1', '1.000', '25.0', '0.500', '2.00×', '0.500', '2', '1']);
});

test('the least of several runs; where timestamps are rounded, short dispatches are repeated', async () => {
  const asked: (readonly number[] | undefined)[] = [];
  const exact = async (repeats?: readonly number[]) => {
    asked.push(repeats);
    return [10 + asked.length, 500 - asked.length];
  };
  expect(await leastTimes(exact)).toEqual([11, 496]);
  expect(asked).toEqual([undefined, undefined, undefined, undefined]);
  const step = 65.536;
  const truth = [3, 1000.2];
  const coarse = async (repeats: readonly number[] = [1, 1]) =>
    truth.map((us, i) => (Math.floor((us * repeats[i]) / step) * step) / repeats[i]);
  const found = await leastTimes(coarse);
  for (const [i, us] of truth.entries()) expect(Math.abs(found[i] - us) / us).toBeLessThan(0.12);
  await expect(leastTimes(async () => null)).rejects.toThrow('timestamp queries');
});
