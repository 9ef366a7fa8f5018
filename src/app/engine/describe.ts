import { CheckpointError, ImageError, wordsOf } from '../../data/errors';
import { GpuError } from '../../gpu/errors';
import { TrainError } from '../../train/trainError';
import type { ErrorInfo, ErrorKind } from '../protocol';
import { StorageFull } from './drawer';

/** The device went away in the middle of something that can be taken up again. */
export class DeviceGone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeviceGone';
  }
}

/** Something was given up because the person said so. */
export class Cancelled extends Error {
  constructor() {
    super('stopped');
    this.name = 'Cancelled';
  }
}

const kinds: Record<GpuError['kind'], ErrorKind> = {
  'no-webgpu': 'no-webgpu',
  'no-adapter': 'no-adapter',
  limit: 'limit',
  lost: 'lost',
  memory: 'memory',
  shader: 'other',
  validation: 'other',
};

function kindOf(error: unknown): ErrorKind {
  if (error instanceof GpuError) return kinds[error.kind];
  if (error instanceof DeviceGone) return 'lost';
  if (error instanceof Cancelled) return 'cancelled';
  if (error instanceof ImageError) return 'image';
  if (error instanceof CheckpointError) return 'weights';
  if (error instanceof TrainError) return 'training';
  if (error instanceof StorageFull || (error instanceof Error && error.name === 'QuotaExceededError')) return 'storage';
  return 'other';
}

/** What was thrown, as the page gets it. */
export function describe(error: unknown): ErrorInfo {
  return { kind: kindOf(error), message: wordsOf(error) };
}
