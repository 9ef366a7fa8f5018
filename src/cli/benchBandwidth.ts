import { freeBuffer, storageBuffer } from '../gpu/buffers';
import { deviceName, type Gpu } from '../gpu/device';
import { compile } from '../plan/compile';
import { bindLeaf, freeLeaf, readLeaf } from '../plan/leaves';
import type { Step } from '../plan/step';
import { targetOf } from '../plan/target';
import { numel } from '../tensor/shape';
import { type BandwidthWork, bandwidthWorks, SEEDS, waves } from './bandwidthWork';

/** One line of the table: GB/s that passed, and the shares of the two copies. */
export interface BandwidthRow {
  readonly name: string;
  readonly kernels: string;
  readonly us: number;
  readonly gbps: number;
  /** Largest deviation from float64, relative to the largest value compared. */
  readonly error: number;
}

/** Values a tensor: beyond any cache where the device is a GPU, within a second where it is a software adapter. */
const ELEMENTS = 2 ** 25;
const SOFTWARE_ELEMENTS = 2 ** 20;
/** Tolerated deviation from float64; sums of 2²⁵ squares round a little more than one value does. */
const TOLERANCE = 1e-5;
/** A kernel that only moves values must reach this share of a copy. */
const BAR = 0.8;

/**
 * `bench --bandwidth`: what kernels that do little else than read and write make of the device's memory, beside
 * copyBufferToBuffer and a copying kernel; tensors of about `elements` values. Every result is compared with float64 at some
 * elements. Prints a line each through `put`. Throws when a result is wrong.
 */
export async function benchBandwidth(
  gpu: Gpu,
  put: (line: string) => void,
  elements = elementsFor(gpu),
): Promise<BandwidthRow[]> {
  put(`${deviceName(gpu.caps)}; tensors of ${((elements * 4) / 2 ** 20).toFixed(0)} MiB`);
  const copy: BandwidthRow = { name: 'copyBufferToBuffer', kernels: '–', error: 0, ...(await timeCopy(gpu, elements)) };
  const rows = [copy];
  put(`${'work'.padEnd(28)}${'kernels'.padEnd(40)}${'µs'.padStart(9)}${'GB/s'.padStart(8)}  of copy  of copy kernel`);
  put(showRow(copy, rows));
  for (const work of bandwidthWorks(elements)) {
    rows.push(await measure(gpu, work));
    put(showRow(rows[rows.length - 1], rows));
  }
  const wrong = rows.filter((r) => !(r.error <= TOLERANCE));
  if (wrong.length) throw new Error(`bench: wrong results of ${wrong.map((r) => r.name).join(', ')}`);
  return rows;
}

function elementsFor(gpu: Gpu): number {
  const most = Math.min(gpu.caps.limits.maxStorageBufferBindingSize, gpu.caps.limits.maxBufferSize) / 4;
  return targetOf(gpu.caps).software ? SOFTWARE_ELEMENTS : Math.min(ELEMENTS, most);
}

function showRow(r: BandwidthRow, [copy, kernel = copy]: readonly BandwidthRow[]): string {
  const share = (to: BandwidthRow) => `${((100 * r.gbps) / to.gbps).toFixed(0)} %`;
  const best = Math.max(copy.gbps, kernel.gbps);
  const verdict = r.gbps >= BAR * best ? '' : `  below ${BAR * 100} %`;
  const cells = [r.us.toFixed(1).padStart(9), r.gbps.toFixed(1).padStart(8)];
  const shares = share(copy).padStart(9) + share(kernel).padStart(16);
  return `${r.name.padEnd(28)}${r.kernels.padEnd(40)}${cells.join('')}${shares}  error ${r.error.toExponential(0)}${verdict}`;
}

/** Milliseconds of work before anything is timed: a GPU that was idle raises its clocks only then. */
const WARM_UP = 300;

/** Best of some rounds of repetitions, in microseconds each. */
async function best(gpu: Gpu, burst: (times: number) => Promise<number>): Promise<number> {
  const times = Math.max(1, Math.min(100, Math.floor(20_000 / (await burst(1)))));
  const start = performance.now();
  while (!targetOf(gpu.caps).software && performance.now() - start < WARM_UP) await burst(times);
  let us = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8; i++) us = Math.min(us, await burst(times));
  return us;
}

async function timeCopy(gpu: Gpu, elements: number): Promise<{ us: number; gbps: number }> {
  const bytes = elements * 4;
  const [from, to] = ['copied', 'copy'].map((label) => storageBuffer(gpu, bytes, label));
  const burst = async (times: number) => {
    const encoder = gpu.device.createCommandEncoder();
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    const commands = encoder.finish();
    await gpu.device.queue.onSubmittedWorkDone();
    const t = performance.now();
    gpu.device.queue.submit([commands]);
    await gpu.device.queue.onSubmittedWorkDone();
    return ((performance.now() - t) * 1000) / times;
  };
  const us = await best(gpu, burst);
  for (const b of [from, to]) freeBuffer(gpu, b);
  return { us, gbps: (2 * bytes) / us / 1e3 };
}

async function measure(gpu: Gpu, work: BandwidthWork): Promise<BandwidthRow> {
  for (const [leaf, seed] of work.state ?? []) {
    if (seed !== null) bindLeaf(gpu, leaf, waves(seed, numel(leaf.shape)));
  }
  const step = await compile(gpu, work.build);
  const inputs = Object.entries(work.inputs).map(([name, n]) => [name, waves(SEEDS[name], n)] as const);
  step.run(Object.fromEntries(inputs));
  const error = deviation(await results(gpu, work, step), work);
  const us = await best(gpu, (times) => step.burst(times));
  const kernels = step.plan.list.map((d) => `${d.op}/${d.kernel.variant}`).join(' + ');
  step.destroy();
  for (const [leaf] of work.state ?? []) freeLeaf(gpu, leaf);
  return { name: work.name, kernels, us, gbps: work.bytes / us / 1e3, error };
}

/** The elements of the result that are compared. */
async function results(gpu: Gpu, work: BandwidthWork, step: Step): Promise<number[]> {
  const all = work.state ? await readLeaf(gpu, work.state[0][0]) : await step.read('y');
  return work.at.map((i) => all[i]);
}

function deviation(got: readonly number[], { at, want }: BandwidthWork): number {
  const wanted = at.map(want);
  const size = Math.max(...wanted.map(Math.abs), 1e-3);
  // Not Math.max: a NaN must come out as one.
  return got.reduce((worst, v, k) => {
    const e = Math.abs(v - wanted[k]) / size;
    return e <= worst ? worst : e;
  }, 0);
}
