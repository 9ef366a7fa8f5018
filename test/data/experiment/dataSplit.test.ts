import { expect, test } from 'vitest';
import { caseCount, splitCases } from '../../../src/data/experiment/dataSplit';
import { resolveConfig } from '../../../src/train/experiment/config';

const cases = Array.from({ length: 10 }, (_, i) => ({ id: `c${i}`, meta: { patient: Math.floor(i / 2) } }));
const split = (...sets: string[]) => {
  const { data } = resolveConfig(
    {},
    sets.map((s) => `data.${s}`),
  );
  return splitCases(cases, data);
};
const patients = (ids: readonly string[]) => new Set(ids.map((id) => Math.floor(Number(id.slice(1)) / 2)));

test('patients stay together, whichever way the cases are split', () => {
  for (const how of [['split.by=fraction'], ['split.by=fold', 'split.fold=2']]) {
    const { train, val } = split(...how);
    expect([...patients(train)].filter((p) => patients(val).has(p))).toEqual([]);
    expect(train.length + val.length).toBe(10);
    expect(val.length).toBeGreaterThan(0);
  }
});

test('a list validates as given; all validate, none trains', () => {
  expect(split('split.by=list', 'split.val=c3,c4').val).toEqual(['c3', 'c4']);
  expect(split('split.by=all')).toEqual({ train: [], val: cases.map((c) => c.id) });
  expect(() => split('split.by=list', 'split.val=c33')).toThrow("did you mean 'c3'?");
});

test('caps choose by seed, in the order of the cases', () => {
  const { train, val } = split('maxTrain=3', 'maxVal=1');
  expect([train.length, val.length]).toEqual([3, 1]);
  expect(train).toEqual([...train].sort());
  expect(split('maxTrain=3', 'maxVal=1').train).toEqual(train);
});

test('cases are counted once, however many objects they have', () => {
  expect(caseCount([{ id: 'a' }, { id: 'b' }, { id: 'a' }])).toBe(2);
});
