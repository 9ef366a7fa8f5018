import type { Gpu } from './device';
import { GpuError, showBytes } from './errors';

/** Storage buffers: made here and nowhere else, so that limits are checked in words and objects are counted. */
const STORAGE = 0x80 | 0x8 | 0x4; // STORAGE | COPY_DST | COPY_SRC

/** A zero-filled storage buffer of at least `bytes` (rounded up to 16, so that vec4 views fit). */
export function storageBuffer(gpu: Gpu, bytes: number, label: string): GPUBuffer {
  const size = Math.max(16, Math.ceil(bytes / 16) * 16);
  const limit = Math.min(gpu.caps.limits.maxBufferSize, gpu.caps.limits.maxStorageBufferBindingSize);
  if (size > limit) {
    throw new GpuError(
      'limit',
      `${label} needs one buffer of ${showBytes(size)}, but this GPU allows ${showBytes(limit)} (maxStorageBufferBindingSize); lower the batch or the image size`,
    );
  }
  return make(gpu, size, STORAGE, label);
}

/** A buffer of parameters that dispatches read as uniforms. */
export function uniformBuffer(gpu: Gpu, bytes: number, label: string): GPUBuffer {
  return make(gpu, Math.max(16, Math.ceil(bytes / 16) * 16), 0x40 | 0x8, label); // UNIFORM | COPY_DST
}

/** A buffer that the CPU can map for reading. */
export function stagingBuffer(gpu: Gpu, bytes: number, label: string): GPUBuffer {
  return make(gpu, Math.max(16, Math.ceil(bytes / 16) * 16), 0x1 | 0x8, label); // MAP_READ | COPY_DST
}

function make(gpu: Gpu, size: number, usage: number, label: string): GPUBuffer {
  gpu.check();
  gpu.created.buffers++;
  gpu.bytes += size;
  return gpu.device.createBuffer({ size, usage, label });
}

/** Frees a buffer made here. */
export function freeBuffer(gpu: Gpu, buffer: GPUBuffer): void {
  gpu.bytes -= buffer.size;
  buffer.destroy();
}

/** Copies `bytes` out of `buffer` (from `offset`) to the CPU. Waits for all work submitted before. */
export async function readBuffer(gpu: Gpu, buffer: GPUBuffer, bytes: number, offset = 0): Promise<ArrayBuffer> {
  gpu.check();
  const staging = stagingBuffer(gpu, bytes, 'read back');
  const encoder = gpu.device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, offset, staging, 0, Math.ceil(bytes / 4) * 4);
  gpu.device.queue.submit([encoder.finish()]);
  try {
    await mapForReading(gpu, staging);
    const copy = staging.getMappedRange().slice(0, bytes);
    staging.unmap();
    return copy;
  } finally {
    freeBuffer(gpu, staging);
  }
}

/** Maps a staging buffer; a lost device is reported as such, not as a failed mapping. */
export async function mapForReading(gpu: Gpu, staging: GPUBuffer): Promise<void> {
  try {
    await staging.mapAsync(1);
  } catch (e) {
    // The loss is announced in another task than the failed mapping.
    await Promise.race([gpu.lost, new Promise((r) => setTimeout(r, 50))]);
    gpu.check();
    throw new GpuError('validation', `reading back from the GPU failed: ${e instanceof Error ? e.message : String(e)}`);
  }
  gpu.check();
}
