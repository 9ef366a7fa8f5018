import { freeBuffer, readBuffer, storageBuffer, uniformBuffer } from '../gpu/buffers';
import type { Gpu } from '../gpu/device';
import { bindGroupLayout, pipeline } from '../gpu/pipelines';
import type { Repeatable } from '../gpu/stopwatch';
import { bytesOf, bytesPerElement, type DType, numel } from '../tensor/shape';
import { boundRefs, type Dispatch } from './dispatch';
import { paramsOf } from './params';

/** The memory in which all candidates of one question run: the same operands, one result. */
export interface Bench {
  /** Makes a candidate ready. Throws `GpuError` when its shader does not compile. */
  ready(d: Dispatch): Promise<Repeatable>;
  /** The result of one dispatch into memory that was full of NaN. */
  result(r: Repeatable): Promise<Float32Array>;
  free(): void;
}

/** Operands of `d` with fixed noise in [-1, 1), indices 0; its result full of NaN. */
export function bench(gpu: Gpu, d: Dispatch): Bench {
  // The candidates' tensors are those of different plans: operands are known by their place, one that comes twice by the first.
  const places = d.refs.map((r) => d.refs.findIndex((o) => o.tensor === r.tensor));
  const buffers = d.refs.map(({ tensor }, i) =>
    places[i] === i ? storageBuffer(gpu, bytesOf(tensor), `tuning ${d.op}`) : null,
  );
  const result = d.refs.findIndex((r) => r.tensor === d.result);
  for (const [i, b] of buffers.entries())
    if (b && i !== result) gpu.device.queue.writeBuffer(b, 0, noise(b.size / 4, d.refs[i].tensor.dtype, i + 1));
  const out = buffers[places[result]]!;
  const nan = new Float32Array(out.size / 4).fill(Number.NaN);
  const uniforms: GPUBuffer[] = [];
  const parameters = (candidate: Dispatch): GPUBuffer => {
    const { data } = paramsOf([candidate])!;
    const buffer = uniformBuffer(gpu, data.byteLength, `tuning ${d.op}`);
    gpu.device.queue.writeBuffer(buffer, 0, data);
    uniforms.push(buffer);
    return buffer;
  };
  return {
    async ready(candidate) {
      const { wgsl, op, kernel } = candidate;
      const made = await pipeline(gpu, wgsl, `${op} ${kernel.variant} being tuned`);
      gpu.created.bindGroups++;
      let next = 0;
      const entries = boundRefs(candidate).map((r, binding) => ({
        binding,
        resource: r
          ? { buffer: buffers[places[next++]]!, offset: r.offset * bytesPerElement(r.tensor.dtype) }
          : { buffer: parameters(candidate) },
      }));
      const group = gpu.device.createBindGroup({ layout: bindGroupLayout(gpu, wgsl), entries });
      return { pipeline: made, group, grid: kernel.grid };
    },
    async result(r) {
      gpu.device.queue.writeBuffer(out, 0, nan);
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(r.pipeline);
      pass.setBindGroup(0, r.group);
      pass.dispatchWorkgroups(r.grid[0], r.grid[1], r.grid[2]);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
      return new Float32Array(await readBuffer(gpu, out, numel(d.result.shape) * 4));
    },
    free() {
      for (const b of uniforms) freeBuffer(gpu, b);
      for (const b of buffers) if (b) freeBuffer(gpu, b);
    },
  };
}

/** Length after which the noise repeats: a prime, so that no tile hides a mistake. */
const PERIOD = 65521;

/** `words` 32-bit words of noise: floats in [-1, 1), halves in ±[0.5, 1), indices 0. */
function noise(words: number, dtype: DType, seed: number): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(words);
  if (dtype === 'u32' || dtype === 'i32') return out;
  const floats = new Float32Array(out.buffer);
  let x = seed * 0x9e3779b9;
  for (let i = 0; i < Math.min(words, PERIOD); i++) {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const bits = (x ^ (x >>> 16)) >>> 0;
    if (dtype === 'f16') out[i] = (bits & 0x83ff83ff) | 0x38003800;
    else floats[i] = bits / 2 ** 31 - 1;
  }
  for (let n = PERIOD; n < words; n *= 2) out.copyWithin(n, 0, Math.min(n, words - n));
  return out;
}

/** Largest difference relative to the largest of `want`, over the elements that are finite there; null if none are. */
export function deviation(got: Float32Array, want: Float32Array): number | null {
  let [worst, size, finite] = [0, 0, 0];
  for (let i = 0; i < want.length; i++) {
    if (!Number.isFinite(want[i])) continue;
    finite++;
    worst = Math.max(worst, Number.isFinite(got[i]) ? Math.abs(got[i] - want[i]) : Infinity);
    size = Math.max(size, Math.abs(want[i]));
  }
  return finite ? worst / (size || 1) : null;
}
