import { expect, test } from 'vitest';
import { CLAIM_SETS, claimSets } from '../../../src/cli/claim/claimSets';
import { needShared, readShared } from '../../harness/shared';

test('sets by name; a wrong name is answered with the nearest', () => {
  expect(claimSets()).toEqual(CLAIM_SETS);
  expect(claimSets(['dermoscopy']).map((s) => s.name)).toEqual(['dermoscopy']);
  expect(() => claimSets(['dermscopy'])).toThrow('did you mean dermoscopy?');
});

test('classes that a set names are those of its index', async (context) => {
  await needShared(context, 'data');
  for (const set of CLAIM_SETS) {
    const index = JSON.parse(new TextDecoder().decode(await readShared('data', `${set.name}/index.json`)));
    const there: string[] = Object.values(index[0].values);
    const { unions = {}, classes = [] } = set.data as { unions?: Record<string, string[]>; classes?: string[] };
    for (const name of Object.values(unions).flat()) expect(there, set.name).toContain(name);
    for (const name of classes) expect([...there, ...Object.keys(unions)], set.name).toContain(name);
  }
});

test('pictures are shown only of sets whose licence allows it without conditions on who shows them', async (context) => {
  await needShared(context, 'data');
  for (const set of CLAIM_SETS.filter((s) => s.pictures.show)) {
    const source = new TextDecoder().decode(await readShared('data', `${set.name}/SOURCE.md`));
    expect(source, set.name).toMatch(/CC BY(-SA)? 4\.0/);
    expect(source, set.name).not.toMatch(/non-commercial|research/i);
  }
});
