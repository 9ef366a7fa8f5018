import { expect, test } from 'vitest';
import { parseRun } from '../../src/app/configs';
import { classRows, configDifferences, diceOfRun, estimateText, lineage, pairedP } from '../../src/app/runScores';
import { runInfo, scored } from './cases';

const objects = [scored('1', 'disc', 0.2, 0.8), scored('2', 'disc', 0.4, 0.6), scored('1', 'cup', 0.5, null)];

test('a row for each class; what was not measured is empty', () => {
  const rows = classRows(objects);
  expect(rows.map((r) => [r.className, r.n, r.after])).toEqual([
    ['disc', 2, expect.closeTo(0.7)],
    ['cup', 1, null],
  ]);
  expect(rows[0].before).toBeCloseTo(0.3);
  expect(classRows([])).toEqual([]);
});

test('means with intervals over cases', () => {
  const after = diceOfRun(runInfo('done', 1, { objects: objects.slice(0, 2) }), 'after')!;
  expect(after.mean).toBeCloseTo(0.7);
  expect(after.interval).toEqual([0.6, 0.8]);
  expect(estimateText(after)).toBe('0.700 [0.600, 0.800]');
  expect(estimateText(diceOfRun(runInfo('done', 1), 'after'))).toBe('–');
});

test('runs are tested against each other where they were measured on the same objects', () => {
  const many = (shift: number) => Array.from({ length: 8 }, (_, i) => scored(`${i}`, 'x', 0.1, 0.5 + shift + i / 100));
  const [a, b] = [many(0), many(0.2)].map((list, i) => runInfo('done', 1, { id: `${i}`, objects: list }));
  expect(pairedP(a, b)).toBeCloseTo(2 / 2 ** 8);
  expect(pairedP(a, a)).toBe(1);
  expect(pairedP(a, runInfo('done', 1, { objects }))).toBeNull();
});

test('only what differs between configurations is listed, by path', () => {
  const of = (experiment: Parameters<typeof parseRun>[0]) => runInfo('done', 1, { config: parseRun(experiment) });
  const a = of({});
  const b = of({ experiment: { train: { lr: 0.01 }, adapters: [{ name: 'medsa', ratio: 0.5 }] } });
  expect(configDifferences([a, b])).toEqual([
    { path: 'adapters.medsa.ratio', values: ['0.25', '0.5'] },
    { path: 'train.lr', values: ['0.001', '0.01'] },
  ]);
  expect(configDifferences([a, a])).toEqual([]);
});

test('a run stands below the one whose adapter it began with', () => {
  const from = (id: string, created: number, parent: string | null) =>
    runInfo('done', 1, { id, created, config: { ...parseRun(), from: parent } });
  const runs = [from('d', 4, 'gone'), from('c', 3, 'b'), from('b', 2, 'a'), from('a', 1, null)];
  expect(lineage(runs).map((l) => [l.run.id, l.depth])).toEqual([
    ['d', 0],
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
});
