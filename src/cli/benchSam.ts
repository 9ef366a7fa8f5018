import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '../data/checkpoint';
import { tensorSource } from '../data/keyMap';
import { writeSafetensors } from '../data/safetensors';
import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { type SamName, samConfig } from '../models/sam/config';
import { buildSam } from '../models/sam/sam';
import { makeParams, type Params } from '../nn/params';
import { loadParams, uploadParams } from '../nn/paramsIo';
import { compile } from '../plan/compile';
import { numel } from '../tensor/shape';
import { input } from '../tensor/tensor';
import { openFile } from './files';
import { openRecalled } from './tunedHost';

/**
 * `bench --sam vit_b`: a checkpoint of the model's size is made of random numbers (under the system's temporary folder),
 * loaded by name, and one encoder pass runs on an image of full size. Prints times and bytes.
 */
export async function benchSam(name: SamName): Promise<void> {
  const params = makeParams(0);
  const sam = buildSam({ params }, samConfig(name));
  const file = join(tmpdir(), `medsa-lab-random-${name}.safetensors`);
  await randomCheckpoint(params, file);
  const gpu = await openRecalled(process.stderr);
  console.log(`${deviceName(gpu.caps)}\n${name}: ${params.counts().total} parameters, ${params.all().length} tensors`);
  await timed('load by name and upload', async () => {
    const source = tensorSource((await openCheckpoint(await openFile(file), file)).entries);
    const report = loadParams(params, source);
    await uploadParams(params, gpu);
    return `${report.placed.length} placed, ${report.missing.length} missing, ${report.unexpected.length} unexpected`;
  });
  const size = sam.config.imageEncoder.imgSize;
  const step = await timed('plan and compile', () =>
    compile(gpu, () => ({ outputs: { embedding: sam.encode(input('image', [1, 3, size, size])) } })),
  );
  const { plan } = step;
  console.log(
    `  ${plan.list.length} dispatches, ${(plan.flops / 1e9).toFixed(0)} GFLOP, planned ${showBytes(plan.bytes.planned)}, alive at most ${showBytes(plan.bytes.peakLive)}, weights ${showBytes(plan.bytes.state)}`,
  );
  await timed('encoder pass', async () => {
    step.run({ image: Float32Array.from({ length: 3 * size * size }, (_, i) => (i * 7919) % 256) });
    const y = await step.read('embedding');
    const wrong = y.findIndex((v) => !Number.isFinite(v));
    return `${y.length} values, ${wrong < 0 ? 'all finite' : `number ${wrong} is ${y[wrong]}`}, ${bytesNow(gpu)}`;
  });
  gpu.destroy();
}

function bytesNow(gpu: Gpu): string {
  return `${showBytes(gpu.bytes)} in GPU buffers, ${showBytes(process.memoryUsage().rss)} resident`;
}

async function timed<T>(what: string, f: () => Promise<T>): Promise<T> {
  const t = performance.now();
  const out = await f();
  const said = typeof out === 'string' ? ` (${out})` : '';
  console.log(`  ${what}: ${((performance.now() - t) / 1000).toFixed(1)} s${said}`);
  return out;
}

/** One tensor at a time, so that the file never stands in memory. */
async function randomCheckpoint(params: Params, file: string): Promise<void> {
  let state = 1;
  const handle = await open(file, 'w');
  const tensors = params.all().map((p) => ({ name: p.name, dtype: 'F32', shape: p.shape, length: numel(p.shape) }));
  // The header comes from a file of the same shapes whose data are one shared block of zeros.
  const zeros = new Float32Array(Math.max(...tensors.map((t) => t.length)));
  const whole = writeSafetensors(tensors.map((t) => ({ ...t, data: zeros.subarray(0, t.length) })));
  const header = whole.size - tensors.reduce((n, t) => n + 4 * t.length, 0);
  await handle.write(new Uint8Array(await whole.slice(0, header).arrayBuffer()));
  for (const t of tensors) {
    const bound = 1 / Math.sqrt(t.shape[t.shape.length - 1]);
    const data = new Float32Array(t.length);
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      data[i] = bound * (state / 2 ** 31 - 1);
    }
    await handle.write(new Uint8Array(data.buffer));
  }
  await handle.close();
}
