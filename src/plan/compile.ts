import { storageBuffer, uniformBuffer } from '../gpu/buffers';
import type { Gpu } from '../gpu/device';
import { bindGroupLayout, pipeline } from '../gpu/pipelines';
import { BYTES, bytesPerElement, numel } from '../tensor/shape';
import { type Tensor, trace } from '../tensor/tensor';
import { boundRefs } from './dispatch';
import { countReaders, leafBuffer } from './leaves';
import { paramsOf } from './params';
import { type Outputs, type PlanData, type PlanOptions, planStep } from './plan';
import { type Bound, Step } from './step';
import { tunedOf } from './tuned';
import { withShaders } from './withShaders';

/**
 * Traces `build` once, plans it, compiles all pipelines in parallel, makes buffers and bind groups, and returns a step
 * that only replays. Throws with file:line for shader errors and in words for limits.
 */
export async function compile(gpu: Gpu, build: () => Outputs, options: PlanOptions = {}): Promise<Step> {
  gpu.check();
  const tuned = options.tuned ?? tunedOf(gpu);
  const built = trace(build);
  const plan = () => planStep(built, gpu.caps, tuned ? { ...options, tuned } : options);
  return bind(gpu, await withShaders(plan));
}

/** Memory, pipelines and bind groups of a plan. */
export async function bind(gpu: Gpu, data: PlanData): Promise<Step> {
  // Pipelines first: they compile in the background while buffers are made.
  const compiling = Promise.all(
    data.list.map((d) => pipeline(gpu, d.wgsl, `${d.op} ${d.kernel.variant} at ${d.result.path || 'top'}`)),
  );
  const objects = data.placement.objects.map((o) => storageBuffer(gpu, o.bytes, o.label));
  const inputs = new Map(data.inputs.map((t) => [t.leaf!.name, inputBuffer(gpu, t)]));
  const resource = (t: Tensor, offset: number): GPUBufferBinding => {
    const at = offset * bytesPerElement(t.dtype);
    if (t.leaf?.kind === 'input') return { buffer: inputs.get(t.leaf.name)!.buffer, offset: at };
    if (t.leaf) return { buffer: leafBuffer(gpu, t.leaf), offset: at };
    const slot = data.placement.slots.get(t);
    if (!slot) throw new Error(`${t.op.name} at ${t.path} has no memory: a pass lost it`);
    const bytes = Math.max(16, Math.ceil((slot.bytes - at) / 16) * 16);
    return { buffer: objects[slot.object], offset: slot.offset + at, size: bytes };
  };
  const params = paramsOf(data.list);
  const uniforms = params && uniformBuffer(gpu, params.data.byteLength, 'parameters');
  if (params) gpu.device.queue.writeBuffer(uniforms!, 0, params.data);
  const pipelines = await compiling;
  const bound: Bound[] = [];
  for (const [i, d] of data.list.entries()) {
    gpu.created.bindGroups++;
    const group = gpu.device.createBindGroup({
      label: d.result.path,
      layout: bindGroupLayout(gpu, d.wgsl),
      entries: boundRefs(d).map((r, binding) => ({
        binding,
        resource: r
          ? resource(r.tensor, r.offset)
          : { buffer: uniforms!, offset: params!.at[i], size: d.kernel.params!.length * 4 },
      })),
    });
    bound.push({ pipeline: pipelines[i], group, grid: d.kernel.grid });
  }
  gpu.check();
  countReaders(gpu, data.states, 1);
  return new Step(gpu, data, bound, uniforms ? [...objects, uniforms] : objects, inputs);
}

function inputBuffer(gpu: Gpu, t: Tensor): { buffer: GPUBuffer; tensor: Tensor } {
  return { buffer: storageBuffer(gpu, numel(t.shape) * BYTES, `input ${t.leaf!.name}`), tensor: t };
}
