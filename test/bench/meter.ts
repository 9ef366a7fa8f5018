// Counts what every engine asks of its GPUDevice, by wrapping the WebGPU prototypes: the same yardstick for all.
// A device belongs to the engine that was being opened when it was requested.

/** What an engine has asked of its device so far. */
export interface Counts {
  dispatches: number;
  submits: number;
  /** Buffers, textures, bind groups, pipelines, shader modules and query sets; not encoders. */
  created: number;
  /** Bytes of the buffers that exist (created and not destroyed), and the most there have been since `resetPeak`. */
  alive: number;
  peak: number;
  errors: string[];
  /** Features that the device is not given, whatever the engine asks for. */
  hidden: string[];
  device: GPUDevice | null;
}

const owners = new WeakMap<object, Counts>();
const freed = new WeakSet<object>();
let opening: Counts | null = null;

/** Fresh counts for the engine that is opened next. */
export function openMeter(): Counts {
  opening = { dispatches: 0, submits: 0, created: 0, alive: 0, peak: 0, errors: [], hidden: [], device: null };
  return opening;
}

/** Forgets the peak so far. */
export function resetPeak(counts: Counts): void {
  counts.peak = counts.alive;
}

/** Resolves when the device of the engine has finished all work submitted so far. */
export async function deviceDone(counts: Counts): Promise<void> {
  await counts.device?.queue.onSubmittedWorkDone();
}

type Method = (...args: unknown[]) => unknown;

/** `see(counts of the owner, result, receiver)` after each call of a method. */
function wrap(proto: object, name: string, see: (counts: Counts, made: unknown, self: object) => void): void {
  const methods = proto as Record<string, Method | undefined>;
  const real = methods[name];
  if (!real) return;
  methods[name] = function (this: object, ...args: unknown[]) {
    const made = real.apply(this, args);
    const counts = owners.get(this);
    if (counts) see(counts, made, this);
    return made;
  };
}

function adopt(device: GPUDevice, counts: Counts): void {
  counts.device = device;
  owners.set(device, counts);
  owners.set(device.queue, counts);
  device.addEventListener('uncapturederror', (e) => counts.errors.push(e.error.message));
}

/** Wraps the prototypes; call once, before any engine is loaded. */
export function installMeter(): void {
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const counts = opening;
    const features = [...(descriptor?.requiredFeatures ?? [])].filter((f) => !counts?.hidden.includes(f));
    const device = await request.call(this, descriptor && { ...descriptor, requiredFeatures: features });
    if (counts) adopt(device, counts);
    return device;
  };
  const buffer = (counts: Counts, made: unknown) => {
    counts.created++;
    counts.alive += (made as GPUBuffer).size;
    counts.peak = Math.max(counts.peak, counts.alive);
    owners.set(made as GPUBuffer, counts);
  };
  wrap(GPUDevice.prototype, 'createBuffer', buffer);
  wrap(GPUBuffer.prototype, 'destroy', (counts, _made, self) => {
    if (freed.has(self)) return;
    freed.add(self);
    counts.alive -= (self as GPUBuffer).size;
  });
  const kinds = ['Texture', 'BindGroup', 'ComputePipeline', 'ComputePipelineAsync', 'ShaderModule', 'QuerySet'];
  for (const kind of kinds) wrap(GPUDevice.prototype, `create${kind}`, (counts) => counts.created++);
  const inherit = (counts: Counts, made: unknown) => owners.set(made as object, counts);
  wrap(GPUDevice.prototype, 'createCommandEncoder', inherit);
  wrap(GPUCommandEncoder.prototype, 'beginComputePass', inherit);
  for (const kind of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'])
    wrap(GPUComputePassEncoder.prototype, kind, (counts) => counts.dispatches++);
  wrap(GPUQueue.prototype, 'submit', (counts) => counts.submits++);
}
