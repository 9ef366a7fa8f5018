import { expect, test } from 'vitest';
import { ADAPTERS, adapterKind } from '../../src/adapters/all';
import { medsa } from '../../src/adapters/medsa';

test('kinds are found in the folder, under their names', () => {
  expect(ADAPTERS.get('medsa')).toBe(medsa);
  for (const [name, kind] of ADAPTERS) expect(kind.adapterName).toBe(name);
});

test('an unknown name is answered with the nearest', () => {
  expect(() => adapterKind('mdesa')).toThrow(/none called 'mdesa'; did you mean medsa\?/);
});
