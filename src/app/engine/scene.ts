import { freeBuffer } from '../../gpu/buffers';
import type { Gpu } from '../../gpu/device';
import { GpuError } from '../../gpu/errors';
import type { EngineCase } from './cases';

/** What a case has on the GPU: textures over the whole grid, the same for every view of it. */
export interface CaseScene {
  /** r16uint, nx × ny × nz·channels (the channels of a slice one behind another): 0..65535 over the case's range. */
  readonly image: GPUTexture;
  /** r8uint, nx × ny × nz: ids of objects. */
  readonly labels: GPUTexture;
  /** Uniform: 256 × RGBA as f32 0..1; alpha 0 where an object is hidden. */
  readonly colours: GPUBuffer;
  readonly bytes: number;
  /** Another one, unlike those of other scenes, whenever labels or colours were written: who keeps a picture of them makes it anew. */
  version: number;
}

let versions = 0;

/** Largest side of a 3-D texture that every device allows. */
const MAX_SIDE = 2048;

/** Uploads a case, slice by slice. `GpuError` where a side is beyond what the GPU allows. */
export function makeCaseScene(gpu: Gpu, c: EngineCase): CaseScene {
  const { dims, channels, name } = c.info;
  const depth = dims[2] * channels;
  if (Math.max(dims[0], dims[1], depth) > MAX_SIDE) {
    throw new GpuError(
      'limit',
      `${name} has ${dims.join(' × ')} voxels; ${MAX_SIDE} along a side can be shown — resample or crop it`,
    );
  }
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = (format: GPUTextureFormat, nz: number) =>
    gpu.device.createTexture({
      label: `${format} of ${name}`,
      dimension: '3d',
      format,
      size: [dims[0], dims[1], nz],
      usage,
    });
  const scene: CaseScene = {
    image: texture('r16uint', depth),
    labels: texture('r8uint', dims[2]),
    colours: gpu.device.createBuffer({
      label: 'colours',
      size: 4096,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    }),
    bytes: dims[0] * dims[1] * (2 * depth + dims[2]) + 4096,
    version: ++versions,
  };
  gpu.bytes += scene.bytes;
  for (let z = 0; z < depth; z++) writeSlice(gpu, scene.image, c, z, levels(c, z), 2);
  if (c.labels) for (let z = 0; z < dims[2]; z++) writeLabels(gpu, scene, c, z);
  return scene;
}

/** The values of layer z as 0..65535 over the case's range; what is no number becomes 0. */
function levels({ info, values }: EngineCase, layer: number): Uint16Array<ArrayBuffer> {
  const { dims, channels, range } = info;
  const n = dims[0] * dims[1];
  const out = new Uint16Array(n);
  const from = Math.floor(layer / channels) * n * channels + (layer % channels);
  const scale = range[1] > range[0] ? 65535 / (range[1] - range[0]) : 0;
  for (let i = 0; i < n; i++)
    out[i] = Math.min(65535, Math.max(0, Math.round((values[from + i * channels] - range[0]) * scale)));
  return out;
}

function writeSlice(
  gpu: Gpu,
  texture: GPUTexture,
  c: EngineCase,
  z: number,
  data: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
  bytes: number,
): void {
  const [width, height] = c.info.dims;
  gpu.device.queue.writeTexture(
    { texture, origin: [0, 0, z] },
    data,
    { bytesPerRow: width * bytes, rowsPerImage: height },
    [width, height, 1],
  );
}

/** Uploads the labels of slice z as the case has them now. */
export function writeLabels(gpu: Gpu, scene: CaseScene, c: EngineCase, z: number): void {
  scene.version = ++versions;
  const n = c.info.dims[0] * c.info.dims[1];
  if (c.labels) writeSlice(gpu, scene.labels, c, z, c.labels.subarray(z * n, (z + 1) * n), 1);
}

/** RGBA bytes of all 256 ids → the uniform. */
export function writeColours(gpu: Gpu, scene: CaseScene, rgba: Uint8Array): void {
  scene.version = ++versions;
  gpu.device.queue.writeBuffer(
    scene.colours,
    0,
    Float32Array.from(rgba, (v) => v / 255),
  );
}

/** Frees it. */
export function freeCaseScene(gpu: Gpu, scene: CaseScene): void {
  gpu.bytes -= scene.bytes - scene.colours.size;
  scene.image.destroy();
  scene.labels.destroy();
  freeBuffer(gpu, scene.colours);
}
