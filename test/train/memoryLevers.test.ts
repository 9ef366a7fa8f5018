import { expect, test } from 'vitest';
import { GpuError } from '../../src/gpu/errors';
import { leversText, memoryLevers, withLevers } from '../../src/train/memoryLevers';
import type { TrainConfig } from '../../src/train/trainConfig';
import { caps } from '../plan/caps';
import { tinyConfig, tinySam } from './tiny';

const parts = (changes: Partial<TrainConfig>) => ({
  sam: tinySam(),
  config: { ...tinyConfig, batch: 8, ...changes },
  hooks: [],
});

test('names what saves, with what it saves, the largest first; what is set already is not offered', () => {
  const { bytes, levers } = memoryLevers(parts({}), caps);
  expect(levers.length).toBe(4);
  for (const [i, l] of levers.entries()) {
    expect(l.bytes + l.saves).toBe(bytes);
    if (i) expect(l.saves).toBeLessThanOrEqual(levers[i - 1].saves);
  }
  const { bytes: less, levers: more } = memoryLevers(parts({ remat: 'blocks' }), caps);
  expect(less).toBe(levers.find((l) => l.setting.remat && !l.setting.precision)!.bytes);
  expect(more.some((l) => l.setting.remat)).toBe(false);
  expect(leversText({ bytes, levers })).toMatch(/batch=4 and accumulate=2 would save \d.* KiB \(.* instead of .*\)/);
});

test('a step that is too large says what would help; other errors stay as they are', () => {
  const told = withLevers(new GpuError('memory', 'too large'), parts({}), caps) as GpuError;
  expect(told.kind).toBe('memory');
  expect(told.message).toMatch(/^too large\n.*would save/);
  const other = new Error('other');
  expect(withLevers(other, parts({}), caps)).toBe(other);
});
