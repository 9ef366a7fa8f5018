import { freeBuffer, storageBuffer } from '../../gpu/buffers';
import type { Gpu } from '../../gpu/device';
import type { GpuLogits } from '../../models/sam/predictor';
import type { PredictionInfo } from '../protocol';

/** What the model answered to one prompt: on the GPU, ready to be drawn, and in numbers for the page. */
export interface Proposal {
  /** n × rows × columns of f32. */
  readonly logits: GPUBuffer;
  readonly n: number;
  readonly rows: number;
  readonly columns: number;
  /** The mask with the best score; null until that is known. */
  best: number | null;
  /** Null until it is read back. */
  info: PredictionInfo | null;
}

/** Bytes that proposals may hold on the GPU; the oldest go first. */
const MAX_BYTES = 96 * 2 ** 20;

/** Proposals by key, the latest used last. */
export interface Proposals {
  get(key: string): Proposal | null;
  /** Copies logits, on the GPU, to where they stay. */
  add(key: string, from: GpuLogits): Proposal;
  /** Drops those whose key says so. */
  drop(is: (key: string) => boolean): void;
}

/** No proposals, on `gpu`. */
export function makeProposals(gpu: Gpu): Proposals {
  const all = new Map<string, Proposal>();
  const remove = (key: string) => {
    const found = all.get(key);
    all.delete(key);
    if (found) freeBuffer(gpu, found.logits);
  };
  return {
    get(key) {
      const found = all.get(key);
      if (!found) return null;
      all.delete(key);
      all.set(key, found);
      return found;
    },
    add(key, { buffer, offset, n, size: [rows, columns] }) {
      remove(key);
      const bytes = 4 * n * rows * columns;
      const logits = storageBuffer(gpu, bytes, 'proposal');
      const encoder = gpu.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, logits, 0, bytes);
      gpu.device.queue.submit([encoder.finish()]);
      const made = { logits, n, rows, columns, best: n === 1 ? 0 : null, info: null };
      all.set(key, made);
      let held = [...all.values()].reduce((sum, p) => sum + p.logits.size, 0);
      for (const [oldest, p] of all) {
        if (held <= MAX_BYTES || oldest === key) break;
        held -= p.logits.size;
        remove(oldest);
      }
      return made;
    },
    drop(is) {
      for (const key of [...all.keys()]) if (is(key)) remove(key);
    },
  };
}
