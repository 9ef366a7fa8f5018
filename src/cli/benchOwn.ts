import { deviceName, type Gpu } from '../gpu/device';
import type { PlanOptions } from '../plan/plan';
import type { OwnBuilt } from './benchEngine';
import { buildOwn } from './benchOurs';
import type { BenchRow } from './benchProtocol';
import { demandReal } from './benchReal';
import { rooflineOf, rooflineText } from './benchRoofline';
import { type Budget, interleaved } from './benchRounds';
import type { Workload } from './benchWorkloads';
import { measurePeaks } from './rooflinePeaks';
import { openTuned } from './tunedHost';

/** Rounds of a workload of a sweep. */
const SWEEP: Budget = { least: 2, ms: 1500, most: 10 };
/** Milliseconds of a first run from which on one more must do. */
const SLOW = 5000;

/** A workload of our engine alone on this device: best of several runs, its counts, and the bytes of all its buffers. Frees it. */
export async function ownRow(
  gpu: Gpu,
  { id, title, task }: Workload,
  plan: PlanOptions = {},
  rounds?: number,
): Promise<BenchRow> {
  const before = gpu.bytes;
  const built = await buildOwn(gpu, task, plan);
  try {
    const run = async () => {
      const t = performance.now();
      await built.run();
      return performance.now() - t;
    };
    const first = await run();
    await checkFinite(built, title);
    const peak = gpu.bytes - before;
    const made = objects(gpu);
    const often = rounds ?? (first > SLOW ? 1 : SWEEP);
    const times = (await interleaved(['ours'], often, run)).get('ours')!;
    gpu.check();
    const { list, submits } = built.step.plan;
    const created = (objects(gpu) - made) / times.length;
    const counts = { dispatches: list.length, submits: submits.length, created, peak };
    return { id, title, cells: { ours: { ms: Math.min(...times), rounds: times, error: 0, ...counts } } };
  } finally {
    await built.free();
  }
}

const objects = (gpu: Gpu): number => Object.values(gpu.created).reduce((a, b) => a + b, 0);

/** Numbers that are none cost as much as others: a sweep over them would look right. */
async function checkFinite({ step }: OwnBuilt, title: string): Promise<void> {
  for (const name of step.plan.outputs.keys()) {
    const wrong = (await step.read(name)).findIndex((v) => !Number.isFinite(v));
    if (wrong >= 0) throw new Error(`bench: ${title}: number ${wrong} of ${name} is not finite`);
  }
}

/** `bench --profile WORKLOAD`: where the time of one workload goes, kernel by kernel, on this device. */
export async function benchProfile({ title, task }: Workload, json: boolean, real: boolean): Promise<void> {
  const { gpu, plan } = await openTuned(process.stderr);
  demandReal(gpu.caps, real);
  const peaks = await measurePeaks(gpu);
  const built = await buildOwn(gpu, task, plan);
  await built.run();
  const found = await rooflineOf(gpu, peaks, title, built.step);
  console.log(
    json
      ? JSON.stringify({ device: deviceName(gpu.caps), peaks, ...found }, null, 1)
      : `${deviceName(gpu.caps)}\n${rooflineText(found, peaks)}`,
  );
  await built.free();
  gpu.destroy();
}
