import type { Gpu } from './device';
import { burst } from './timer';

/** A dispatch that can be repeated. */
export interface Repeatable {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

/** Times single dispatches again and again; unlike `profileRun` it keeps its objects and repeats within a pass. */
export interface Stopwatch {
  /** Mean microseconds of one of `times` dispatches in a row: between two timestamps, else by the clock around a submit. */
  time(d: Repeatable, times: number): Promise<number>;
  close(): void;
}

/** A stopwatch for `gpu`. Close it when done. */
export function stopwatch(gpu: Gpu): Stopwatch {
  const byClock = (d: Repeatable, times: number) => burst(gpu, [d], times);
  if (!gpu.caps.features.includes('timestamp-query')) return { time: byClock, close: () => {} };
  const { device } = gpu;
  gpu.created.querySets++;
  const set = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolve = device.createBuffer({ size: 16, usage: 0x200 | 0x4, label: 'stopwatch' }); // QUERY_RESOLVE | COPY_SRC
  const read = device.createBuffer({ size: 16, usage: 0x1 | 0x8, label: 'stopwatch' }); // MAP_READ | COPY_DST
  const time = async (d: Repeatable, times: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet: set, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
    pass.setPipeline(d.pipeline);
    pass.setBindGroup(0, d.group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(d.grid[0], d.grid[1], d.grid[2]);
    pass.end();
    encoder.resolveQuerySet(set, 0, 2, resolve, 0);
    encoder.copyBufferToBuffer(resolve, 0, read, 0, 16);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(1);
    const [from, to] = new BigUint64Array(read.getMappedRange());
    const us = Number(to - from) / 1000 / times;
    read.unmap();
    // Browsers round timestamps, to nothing at times; some drivers count backwards when a GPU slept.
    return us > 0 && us < 6e7 ? us : byClock(d, times);
  };
  const close = () => {
    for (const b of [resolve, read]) b.destroy();
    set.destroy();
  };
  return { time, close };
}
