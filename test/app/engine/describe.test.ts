import { expect, test } from 'vitest';
import { Cancelled, DeviceGone, describe } from '../../../src/app/engine/describe';
import { CheckpointError, ImageError } from '../../../src/data/errors';
import { GpuError } from '../../../src/gpu/errors';
import { TrainError } from '../../../src/train/trainError';

test.each([
  [new GpuError('no-webgpu', 'm'), 'no-webgpu'],
  [new GpuError('limit', 'm'), 'limit'],
  [new GpuError('lost', 'm'), 'lost'],
  [new GpuError('shader', 'm'), 'other'],
  [new DeviceGone('m'), 'lost'],
  [new ImageError('m'), 'image'],
  [new CheckpointError('m'), 'weights'],
  [new TrainError('m', 3, null), 'training'],
  [new Error('m'), 'other'],
] as const)('%s is of kind %s', (error, kind) => {
  expect(describe(error)).toEqual({ kind, message: 'm' });
});

test('what was given up is told from what failed; what is thrown may be anything', () => {
  expect(describe(new Cancelled()).kind).toBe('cancelled');
  expect(describe('odd')).toEqual({ kind: 'other', message: 'odd' });
});
