import copyText from '../../shaders/bench/copy.wgsl?raw';
import fmaText from '../../shaders/bench/fma.wgsl?raw';
import { freeBuffer, storageBuffer } from '../gpu/buffers';
import type { Gpu } from '../gpu/device';
import { bindGroupLayout, pipeline } from '../gpu/pipelines';
import { shaderSource } from '../gpu/shaders';
import { type Repeatable, stopwatch } from '../gpu/stopwatch';
import { type Specialisation, specialise } from '../gpu/wgsl';
import { targetOf } from '../plan/target';
import { linearGrid } from '../tensor/op';

/** What a device gives at most, as measured by kernels that do nothing else. */
export interface Peaks {
  /** f32 operations a second (a multiplication with an addition is two). */
  readonly flops: number;
  /** Bytes a second through memory, reads and writes of a copy together. */
  readonly bytes: number;
  /** Microseconds of the shortest dispatch among many in a row. */
  readonly dispatchUs: number;
}

/** Operations of one thread of fma.wgsl in one of its STEPS: 4 rounds, 8 registers, 4 lanes, 2 operations. */
const FMA_STEP = 4 * 8 * 4 * 2;
const FMA_THREADS = 256;
/** Measurements of each kernel; the best counts. The clock of a GPU rises in the first. */
const TRIES = 6;
/** Microseconds that one of them takes at least. */
const LONG = 20_000;

/** Measures the device for half a second. */
export async function measurePeaks(gpu: Gpu): Promise<Peaks> {
  const { software } = targetOf(gpu.caps);
  const [groups, steps] = software ? [32, 64] : [8192, 256];
  const largest = Math.min(gpu.caps.limits.maxBufferSize, gpu.caps.limits.maxStorageBufferBindingSize);
  const size = Math.min(largest, (software ? 32 : 512) * 2 ** 20);
  const x = storageBuffer(gpu, size, 'peak x');
  const y = storageBuffer(gpu, size, 'peak y');
  // r ← r·a + b stays near 1.
  gpu.device.queue.writeBuffer(x, 0, Float32Array.of(0.999, 0.998, 0.997, 0.996, 0.001, 0.002, 0.003, 0.004));
  const bind = (spec: Specialisation, grid: Repeatable['grid']) => bound(gpu, spec, [x, y], grid);
  const copy = (n: number) => bind({ file: 'bench/copy.wgsl', consts: { N: n } }, linearGrid(n));
  try {
    const fmaUs = await best(gpu, await bind({ file: 'bench/fma.wgsl', consts: { STEPS: steps } }, [groups, 1, 1]));
    const copyUs = await best(gpu, await copy(size / 16));
    return {
      flops: (groups * FMA_THREADS * steps * FMA_STEP) / fmaUs / 1e-6,
      bytes: (2 * size) / copyUs / 1e-6,
      dispatchUs: await best(gpu, await copy(1)),
    };
  } finally {
    freeBuffer(gpu, x);
    freeBuffer(gpu, y);
  }
}

const own: Readonly<Record<string, string>> = { 'bench/copy.wgsl': copyText, 'bench/fma.wgsl': fmaText };

async function bound(gpu: Gpu, spec: Specialisation, buffers: GPUBuffer[], grid: Repeatable['grid']) {
  const wgsl = specialise(spec, (path) => own[path] ?? shaderSource(path));
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = gpu.device.createBindGroup({ layout: bindGroupLayout(gpu, wgsl), entries });
  return { pipeline: await pipeline(gpu, wgsl, spec.file), group, grid };
}

/** Least mean microseconds of a dispatch in several rows of it. */
async function best(gpu: Gpu, d: Repeatable): Promise<number> {
  const watch = stopwatch(gpu);
  try {
    const once = await watch.time(d, 1);
    const times = Math.max(1, Math.min(1000, Math.ceil(LONG / once)));
    let us = Number.POSITIVE_INFINITY;
    for (let i = 0; i < TRIES; i++) us = Math.min(us, await watch.time(d, times));
    return us;
  } finally {
    watch.close();
  }
}
