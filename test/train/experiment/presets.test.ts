import { expect, test } from 'vitest';
import { attach } from '../../../src/adapters/adapter';
import { adapterKind } from '../../../src/adapters/all';
import { type SamName, samConfig } from '../../../src/models/sam/config';
import { buildSam } from '../../../src/models/sam/sam';
import { makeParams } from '../../../src/nn/params';
import { optionsOf, resolveConfig } from '../../../src/train/experiment/config';
import { arm } from '../../../src/train/experiment/presets';

/** Part of the base's parameters that an arm trains, in percent. */
function percentOf(name: string, base: SamName): number {
  const sam = buildSam({ params: makeParams(1) }, samConfig(base));
  for (const a of resolveConfig(arm(name)).adapters) attach(sam, adapterKind(a.name)(optionsOf(a)), a.pattern);
  return sam.params.counts().percent;
}

test('the narrow Med-SA trains at most 5 % of a small base, with all five adapters', () => {
  for (const base of ['sam-nano', 'sam-micro'] as const) {
    expect(percentOf('medsa-slim', base)).toBeLessThan(5);
    expect(percentOf('medsa-slim', base)).toBeGreaterThan(4);
  }
  expect(percentOf('medsa-hyper', 'sam-nano')).toBeGreaterThan(20);
});
