import type { Gpu } from './device';

/** Largest query set WebGPU guarantees. */
const MAX_QUERIES = 4096;

/**
 * Runs each dispatch in a pass of its own between two timestamps, `repeats[i]` times (once by default), and returns microseconds
 * per dispatch; null when the device has no timestamp queries. A diagnosis, not the replay path: it creates objects and waits.
 */
export async function profileRun(
  gpu: Gpu,
  list: readonly { pipeline: GPUComputePipeline; group: GPUBindGroup; grid: readonly [number, number, number] }[],
  repeats: readonly number[] = list.map(() => 1),
): Promise<number[] | null> {
  if (!gpu.caps.features.includes('timestamp-query')) return null;
  const out: number[] = [];
  for (let at = 0; at < list.length; at += MAX_QUERIES / 2) {
    const end = at + MAX_QUERIES / 2;
    out.push(...(await profileChunk(gpu, list.slice(at, end), repeats.slice(at, end))));
  }
  return out;
}

/**
 * Mean microseconds of one replay of `list` when `times` of them run one after the other in one pass: what short kernels
 * take without the cost of a submit. Waits for the GPU.
 */
export async function burst(
  gpu: Gpu,
  list: readonly { pipeline: GPUComputePipeline; group: GPUBindGroup; grid: readonly [number, number, number] }[],
  times: number,
): Promise<number> {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let i = 0; i < times; i++) {
    for (const d of list) {
      pass.setPipeline(d.pipeline);
      pass.setBindGroup(0, d.group);
      pass.dispatchWorkgroups(d.grid[0], d.grid[1], d.grid[2]);
    }
  }
  pass.end();
  const commands = encoder.finish();
  await gpu.device.queue.onSubmittedWorkDone();
  const t = performance.now();
  gpu.device.queue.submit([commands]);
  await gpu.device.queue.onSubmittedWorkDone();
  return ((performance.now() - t) * 1000) / times;
}

async function profileChunk(
  gpu: Gpu,
  list: readonly { pipeline: GPUComputePipeline; group: GPUBindGroup; grid: readonly [number, number, number] }[],
  repeats: readonly number[],
): Promise<number[]> {
  const { device } = gpu;
  const count = list.length * 2;
  gpu.created.querySets++;
  const set = device.createQuerySet({ type: 'timestamp', count });
  const resolve = device.createBuffer({ size: count * 8, usage: 0x200 | 0x4 });
  const read = device.createBuffer({ size: count * 8, usage: 0x1 | 0x8 });
  const encoder = device.createCommandEncoder();
  list.forEach((d, i) => {
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet: set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
    });
    pass.setPipeline(d.pipeline);
    pass.setBindGroup(0, d.group);
    for (let k = 0; k < repeats[i]; k++) pass.dispatchWorkgroups(d.grid[0], d.grid[1], d.grid[2]);
    pass.end();
  });
  encoder.resolveQuerySet(set, 0, count, resolve, 0);
  encoder.copyBufferToBuffer(resolve, 0, read, 0, count * 8);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(1);
  const t = new BigInt64Array(read.getMappedRange().slice(0));
  read.unmap();
  for (const b of [resolve, read]) b.destroy();
  set.destroy();
  return list.map((_, i) => Number(t[2 * i + 1] - t[2 * i]) / 1000 / repeats[i]);
}
