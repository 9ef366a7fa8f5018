import { expect, test } from 'vitest';
import { compareRows, tableText } from '../../src/app/compareDialog';
import { parseRun } from '../../src/app/configs';
import { runInfo, scored } from './cases';

const objects = [scored('a', 'disc', 0.2, 0.8), scored('a', 'cup', 0.1, 0.6), scored('b', 'disc', 0.4, 0.9)];
const one = runInfo('done', 6, { objects, best: { step: 4, dice: 0.81 } });
const other = runInfo('stopped', 3, {
  ...{ id: 's', name: 'My\trun', objects: objects.map((o) => ({ ...o, after: 0.5 })) },
  config: parseRun({ experiment: { train: { lr: 0.003 } }, from: 'r' }),
});

test('scores by class, the best on the way, what was measured, and what differs', () => {
  const rows = new Map(compareRows([one, other]).map((r) => [r.name, r.values]));
  expect(rows.get('Starts from')).toEqual(['base', 'Run 1']);
  expect(rows.get('  disc')).toEqual(['0.850', '0.500']);
  expect(rows.get('  cup')).toEqual(['0.600', '0.500']);
  expect(rows.get('Best Dice on the way')).toEqual(['0.810 at step 4', '–']);
  expect(rows.get('Held-out objects')).toEqual(['3 in 2 cases', '3 in 2 cases']);
  expect(rows.get('p against Run 1 (paired)')?.[0]).toBe('–');
  expect(Number(rows.get('p against Run 1 (paired)')?.[1])).toBeLessThanOrEqual(1);
  expect(rows.get('train.lr')?.[1]).toBe('0.003');
});

test('of a single class there is no row of its own', () => {
  const disc = runInfo('done', 6, { objects: objects.filter((o) => o.className === 'disc') });
  expect(compareRows([disc, disc]).some((r) => r.name.startsWith('  '))).toBe(false);
});

test('copied, every run is a column', () => {
  const lines = tableText([one, other]).split('\n');
  expect(lines[0]).toBe('\tRun 1\tMy run');
  for (const line of lines) expect(line.split('\t')).toHaveLength(3);
});
