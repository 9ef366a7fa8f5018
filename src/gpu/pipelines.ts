import type { Gpu } from './device';
import { GpuError } from './errors';
import type { Wgsl } from './wgsl';

/**
 * Pipelines: compiled asynchronously, in parallel, once per specialised source. A second request for a source that is
 * still compiling waits for the first.
 */
export function pipeline(gpu: Gpu, wgsl: Wgsl, label: string): Promise<GPUComputePipeline> {
  const found = gpu.pipelines.get(wgsl.code);
  if (found) return found;
  const made = build(gpu, wgsl, label);
  gpu.pipelines.set(wgsl.code, made);
  return made;
}

async function build(gpu: Gpu, wgsl: Wgsl, label: string): Promise<GPUComputePipeline> {
  const { device } = gpu;
  gpu.created.shaderModules++;
  gpu.created.pipelines++;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: wgsl.code, label });
  const scopeError = device.popErrorScope();
  const layout = pipelineLayout(gpu, wgsl);
  const attempt = device.createComputePipelineAsync({ layout, compute: { module, entryPoint: 'main' }, label });
  try {
    const [made] = await Promise.all([attempt, scopeError]);
    return made;
  } catch (e) {
    throw new GpuError('shader', await describe(module, wgsl, label, e));
  }
}

/** The compiler's messages with the file:line they really belong to. */
async function describe(module: GPUShaderModule, wgsl: Wgsl, label: string, e: unknown): Promise<string> {
  const info = await module.getCompilationInfo();
  const lines = info.messages
    .filter((m) => m.type === 'error')
    .map(
      (m) => `${wgsl.origin[m.lineNum - 1] ?? '?'}: ${m.message}\n    ${wgsl.code.split('\n')[m.lineNum - 1] ?? ''}`,
    );
  return `shader of ${label} does not compile:\n${lines.join('\n') || (e instanceof Error ? e.message : String(e))}`;
}

const layouts = new WeakMap<Gpu, Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>>();

/** Explicit layouts, shared by all shaders with the same pattern of read and written bindings (`rrw`). */
function layoutOf(gpu: Gpu, wgsl: Wgsl): { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
  const key = wgsl.bindings.map((b) => (b.uniform ? 'u' : b.writable ? 'w' : 'r')).join('');
  const map = layouts.get(gpu) ?? new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  layouts.set(gpu, map);
  let found = map.get(key);
  if (!found) {
    const group = gpu.device.createBindGroupLayout({
      label: key,
      entries: wgsl.bindings.map((b, binding) => ({
        binding,
        visibility: 4, // COMPUTE
        buffer: { type: b.uniform ? 'uniform' : b.writable ? 'storage' : 'read-only-storage' },
      })),
    });
    found = { group, pipeline: gpu.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    map.set(key, found);
  }
  return found;
}

function pipelineLayout(gpu: Gpu, wgsl: Wgsl): GPUPipelineLayout {
  return layoutOf(gpu, wgsl).pipeline;
}

/** The layout that bind groups for this shader must have. */
export function bindGroupLayout(gpu: Gpu, wgsl: Wgsl): GPUBindGroupLayout {
  return layoutOf(gpu, wgsl).group;
}
