import { expect, test } from 'vitest';
import { matmul } from '../../src/ops/matmul';
import { gelu } from '../../src/ops/pointwise';
import type { PlanOptions } from '../../src/plan/plan';
import { planStep } from '../../src/plan/plan';
import { input, trace } from '../../src/tensor/tensor';
import { caps } from './caps';

const variantsOf = (options: PlanOptions) =>
  planStep(
    trace(() => ({ outputs: { y: matmul(gelu(input('a', [1, 1, 64, 64])), input('b', [1, 1, 64, 64])) } })),
    caps,
    options,
  ).list.map((d) => d.kernel.variant);

test('a wish is granted where the op offers it; who forces a variant is heard first', () => {
  const [map, guess] = variantsOf({});
  const seen = new Map<string, readonly string[]>();
  const wish = (name: string) => (op: string, offered: readonly string[]) => {
    seen.set(op, offered);
    return name;
  };
  expect(variantsOf({ prefer: wish('naive') })).toEqual([map, 'naive']);
  expect(seen.get('matmul')).toEqual(expect.arrayContaining(['naive', 'tile8', guess]));
  expect(variantsOf({ prefer: wish('map') })).toEqual(['map', guess]);
  expect(variantsOf({ prefer: wish('there is none') })).toEqual([map, guess]);
  expect(variantsOf({ prefer: wish('naive'), variants: { matmul: 'tile8' } })).toEqual([map, 'tile8']);
  expect(() => variantsOf({ variants: { matmul: 'there is none' } })).toThrow(
    'no variant there is none for this device',
  );
});
