import { expect, test } from 'vitest';
import { untrainedBase } from '../../../src/app/engine/base';
import { engineDiagnostics } from '../../../src/app/engine/diagnostics';
import type { Gpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';

const more = { cases: 2, run: 'medsa, paused, step 3 of 9', planned: '12 MiB' };

test('device, limits, memory and base are named; without a device that is said', () => {
  const gpu = {
    caps: { vendor: 'v', architecture: 'a', description: 'd', features: ['subgroups'], limits: { maxBufferSize: 7 } },
    ...{ created: { buffers: 1 }, bytes: 2 ** 21, error: null },
  } as unknown as Gpu;
  const info = { name: 'sam-nano', imgSize: 128, patchSize: 8, parameters: 10, trained: true };
  const base = { ...untrainedBase(samConfig('tiny')), fingerprint: 'abcdef0123456789', info };
  const lines = new Map(engineDiagnostics(gpu, base, more));
  expect(lines.get('device')).toBe('v · a · d');
  expect(lines.get('limits')).toBe('maxBufferSize 7');
  expect(lines.get('GPU memory in use')).toBe('2.00 MiB');
  expect(lines.get('base')).toMatch(/sam-nano.*abcdef012345$/);
  expect(lines.get('run')).toBe(more.run);
  expect(new Map(engineDiagnostics(null, null, more)).get('device')).toBe('none is open');
});
