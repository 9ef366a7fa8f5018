import { expect, test } from 'vitest';
import { caseCount, heldBackOf, splitCases } from '../../../src/data/experiment/dataSplit';
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
  expect(split('split.by=all')).toEqual({ train: [], val: cases.map((c) => c.id), heldBack: [] });
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

test('what is held back comes from the training cases, whole patients; those that validate stay the same', () => {
  const without = split();
  const { train, val, heldBack } = split('validation=0.25');
  expect(val).toEqual(without.val);
  expect([...train, ...heldBack].sort()).toEqual([...without.train].sort());
  expect(heldBack.length).toBeGreaterThan(0);
  expect([...patients(train)].filter((p) => patients(heldBack).has(p))).toEqual([]);
  expect(() => split('validation=0.25', 'maxTrain=1')).toThrow('data.validation: training cases of one patient (1)');
});

test('of several kinds all are held back alike, and one of each is left', () => {
  const all = ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4'];
  const of = (share: number) => heldBackOf(all, (s) => s[0], share);
  expect([of(0), of(0.25), of(0.9)]).toEqual([[], ['a4', 'b3'], ['a2', 'a3', 'a4', 'b2', 'b3']]);
  expect(() => heldBackOf(['a1', 'a2', 'b1'], (s) => s[0], 0.2)).toThrow('one phantom of b leaves none to hold back');
});
