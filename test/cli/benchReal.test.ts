import { expect, test } from 'vitest';
import { demandReal } from '../../src/cli/benchReal';
import { caps } from '../plan/caps';

test('where a GPU is demanded, a software adapter is refused by name', () => {
  const software = { ...caps, vendor: 'google', architecture: 'swiftshader' };
  expect(() => demandReal(software, true)).toThrow('the only adapter here is google · swiftshader');
  expect(() => demandReal(software, false)).not.toThrow();
  expect(() => demandReal({ ...caps, vendor: 'nvidia' }, true)).not.toThrow();
});
