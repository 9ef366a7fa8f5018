import { GpuError } from './errors';

/**
 * The device: adapter chosen, limits raised to what the adapter has, optional features asked for, and one path for every
 * error. Not responsible for buffers or pipelines.
 */
export interface Caps {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<LimitName, number>>;
}

type LimitName = (typeof LIMITS)[number];

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
  'minStorageBufferOffsetAlignment',
] as const;

/** Dawn's matrix units, not yet part of WebGPU: browsers offer them behind a flag alone. */
const MATRICES = 'chromium-experimental-subgroup-matrix' as GPUFeatureName;
/** Used when there; never required. */
const OPTIONAL_FEATURES = ['timestamp-query', 'shader-f16', 'subgroups', MATRICES] as const;

/** How many GPU objects were created; a training step in steady state adds none. */
export interface ObjectCounts {
  buffers: number;
  bindGroups: number;
  pipelines: number;
  shaderModules: number;
  querySets: number;
}

/** A device with everything the floors above need to know about it. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly caps: Caps;
  readonly created: ObjectCounts;
  /** Bytes in buffers that exist now. */
  bytes: number;
  /** Compiled pipelines by specialised source. */
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
  /** Settles when the device is lost, with the reason. */
  readonly lost: Promise<GpuError>;
  /** The first error nobody has been told of, if any; `check` throws it. */
  error: GpuError | null;
  /** Throws a pending error (validation, out of memory, loss). Called by every run and read. */
  check(): void;
  destroy(): void;
}

/**
 * Opens the GPU. Throws GpuError 'no-webgpu' or 'no-adapter' with what the person can do about it.
 * `powerPreference` asks for the fast GPU of a machine that has two.
 */
export async function openGpu(): Promise<Gpu> {
  if (typeof navigator === 'undefined' || !navigator.gpu) {
    throw new GpuError(
      'no-webgpu',
      'This browser has no WebGPU. Use a recent Chrome, Edge, Firefox or Safari; pages must come over https or from localhost.',
    );
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new GpuError(
      'no-adapter',
      'WebGPU is there but offers no adapter: the graphics driver is missing or blocked. Update the driver, or see chrome://gpu for the reason.',
    );
  }
  const limits = Object.fromEntries(LIMITS.map((k) => [k, adapter.limits[k]])) as Record<LimitName, number>;
  const features = OPTIONAL_FEATURES.filter((f) => adapter.features.has(f));
  const device = await adapter.requestDevice({
    requiredLimits: { ...limits },
    requiredFeatures: [...features],
    label: 'medsa-lab',
  });
  return wrapDevice(device, adapter, limits, features);
}

function wrapDevice(
  device: GPUDevice,
  adapter: GPUAdapter,
  limits: Record<LimitName, number>,
  features: readonly string[],
): Gpu {
  const info = adapter.info;
  const gpu: Gpu = {
    device,
    caps: {
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description,
      features: [...features, ...subgroupSize(info), ...workgroupMemory(limits), ...matrixUnits(info, features)],
      limits,
    },
    created: { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0, querySets: 0 },
    bytes: 0,
    pipelines: new Map(),
    lost: device.lost.then((l) => {
      gpu.error = new GpuError(
        'lost',
        `The GPU device was lost (${l.reason || 'unknown reason'}): ${l.message || 'no message'}`,
      );
      return gpu.error;
    }),
    error: null,
    check() {
      if (!gpu.error) return;
      const e = gpu.error;
      // A lost device stays lost; other errors are reported once.
      if (e.kind !== 'lost') gpu.error = null;
      throw e;
    },
    destroy: () => device.destroy(),
  };
  device.onuncapturederror = (ev) => {
    const kind = ev.error.constructor.name === 'GPUOutOfMemoryError' ? 'memory' : 'validation';
    gpu.error ??= new GpuError(kind, ev.error.message);
  };
  return gpu;
}

/** `subgroup-size-N` where the size is fixed: kernels that count on one say so in `needs`. */
function subgroupSize(info: GPUAdapterInfo): string[] {
  const { subgroupMinSize: min, subgroupMaxSize: max } = info;
  return min && min === max ? [`subgroup-size-${min}`] : [];
}

/** `workgroup-NNk` for what a workgroup may share beyond the 16 KiB that every device has: kernels that need more say so. */
function workgroupMemory({ maxComputeWorkgroupStorageSize: bytes }: Caps['limits']): string[] {
  return [32, 48].filter((k) => bytes >= k * 1024).map((k) => `workgroup-${k}k`);
}

/** What the matrix units multiply, as Dawn lists it. */
interface MatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** `matrix-f16-f32-16x16x16`: operands, sums, M×N×K, for each product that the matrix units do. */
function matrixUnits(
  info: GPUAdapterInfo & { subgroupMatrixConfigs?: Iterable<MatrixConfig> },
  features: readonly string[],
): string[] {
  if (!features.includes(MATRICES)) return [];
  const all = [...(info.subgroupMatrixConfigs ?? [])];
  return [...new Set(all.map((c) => `matrix-${c.componentType}-${c.resultComponentType}-${c.M}x${c.N}x${c.K}`))];
}

/** Text that names the device in reports: vendor, architecture, description. */
export function deviceName(caps: Caps): string {
  return [caps.vendor, caps.architecture, caps.description].filter(Boolean).join(' · ') || 'unnamed adapter';
}

/** Identity for caches of tuning results: adapter, features and limits. */
export function fingerprint(caps: Caps): string {
  return JSON.stringify([caps.vendor, caps.architecture, caps.description, caps.features, caps.limits]);
}
