import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { countPatients, fewPatients, fewPatientsText, foldsOn } from '../../../src/cli/claim/claimPatients';
import { writeCases } from '../adaptFixture';
import { setOf } from './claimFixture';

test('patients are counted where they are named, else cases; what cannot be opened is left out', async () => {
  const plain = await writeCases(4);
  const named = await writeCases(4);
  const index = ['0', '1', '2', '3'].map((k) => ({
    ...{
      id: `case${k}`,
      image: `images/case${k}.png`,
      mask: `masks/case${k}.png`,
      values: { 0: 'background', 1: 'a' },
    },
    patient: k < '3' ? 'one' : 'two',
  }));
  await writeFile(join(named, 'index.json'), JSON.stringify(index));
  const broken = await writeCases(2);
  await writeFile(join(broken, 'index.json'), '{');
  const paths = [plain, named, broken, join(plain, 'not there')];
  const sets = paths.map((path) => setOf(basename(path)));
  const patients = await countPatients(sets, (s) => paths[sets.indexOf(s)]);
  expect([...patients.values()]).toEqual([4, 2]);
  expect([...patients.keys()]).toEqual([basename(plain), basename(named)]);
});

test('two or three patients have a fold each; others as many folds as were asked for and as there are patients', () => {
  const set = setOf('a');
  const of = (count: number, folds: number) => foldsOn(folds, new Map([['a', count]]), set);
  expect([1, 2, 3, 4, 9].map((n) => of(n, 1))).toEqual([1, 2, 3, 1, 1]);
  expect([1, 2, 3, 4, 9].map((n) => of(n, 5))).toEqual([1, 2, 3, 4, 5]);
  expect(foldsOn(5, new Map(), set)).toBe(5);
  expect([1, 2, 3, 4].map((n) => fewPatients(new Map([['a', n]]), set))).toEqual([null, 2, 3, null]);
  expect(fewPatientsText(new Map([['a', 2]]), set)).toContain(
    '2 patients, each measured once by a model trained on the other,',
  );
  expect(fewPatientsText(new Map(), set)).toBe('');
});
