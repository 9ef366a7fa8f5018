/**
 * Draws a volume by marching along rays: at once in few pixels, then finely in pieces, so that the device has time for
 * others between. What was drawn is kept; the canvas gets it stretched.
 */
import type { Gpu } from '../../gpu/device';
import { loadShaders, shaderSource } from '../../gpu/shaders';
import { VOLUME_UNIFORM_BYTES, volumeUniforms } from '../engine/volumeUniforms';
import type { Frame, Paint, Painter, Scene } from '../painter';
import type { ViewState, VolumeSampling, VolumeState } from '../protocol';

/** The painter of `VolumeState`. */
export const painter: Painter = { kind: 'volume', slow: true, make };

/** What rays bring, premultiplied. */
const FORMAT: GPUTextureFormat = 'rgba8unorm';

type Size = readonly [width: number, height: number];

/** Rays as pixels; one is shown while the next one grows. */
interface Kept {
  /** What the pictures are of. */
  key: string;
  shown: GPUTexture | null;
  next: GPUTexture | null;
  /** Rows of `next` that are there; −1 where it is not wanted. */
  rows: number;
}

interface Tools {
  readonly gpu: Gpu;
  /** By `linear`. */
  readonly march: readonly [GPURenderPipeline, GPURenderPipeline, GPURenderPipeline];
  readonly stretch: GPURenderPipeline;
  readonly smoothly: GPUSampler;
}

async function make(gpu: Gpu, format: GPUTextureFormat): Promise<Paint> {
  await loadShaders();
  const [stretch, ...march] = await Promise.all([
    pipelineOf(gpu, ['view/volumeScale'], format),
    ...[0, 1, 2].map((LINEAR) => pipelineOf(gpu, ['view/volumeSamples', 'view/volume'], FORMAT, { LINEAR })),
  ]);
  const smoothly = gpu.device.createSampler({ magFilter: 'linear', minFilter: 'linear' });
  const tools: Tools = { gpu, march: march as unknown as Tools['march'], stretch, smoothly };
  const kept: Kept = { key: '', shown: null, next: null, rows: -1 };
  return (frame, given: ViewState, scene) => paint(tools, kept, frame, given as VolumeState, scene);
}

function pipelineOf(
  { device }: Gpu,
  files: readonly string[],
  format: GPUTextureFormat,
  constants: Record<string, number> = {},
): Promise<GPURenderPipeline> {
  const label = files.join(', ');
  const code = files.map((name) => shaderSource(`${name}.wgsl`)).join('\n');
  const module = device.createShaderModule({ label, code });
  return device.createRenderPipelineAsync({
    label,
    layout: 'auto',
    vertex: { module, entryPoint: 'corner' },
    fragment: { module, entryPoint: 'shade', constants, targets: [{ format }] },
  });
}

function paint(tools: Tools, kept: Kept, frame: Frame, state: VolumeState, scene: Scene): void {
  const { quick, fine, rays } = state.detail;
  const key = JSON.stringify([{ ...state, moving: false }, scene.textures.version]);
  const [few, many] = [quick, fine].map((s) => sizeOf(state, s));
  if (key !== kept.key) {
    kept.key = key;
    kept.shown = textureOf(tools.gpu, kept.shown, few);
    march(tools, frame, state, scene, { sampling: quick, target: kept.shown, size: few, rows: [0, few[1]] });
    kept.rows = 0;
  } else if (kept.rows >= 0 && !state.moving) {
    kept.next = textureOf(tools.gpu, kept.next, many);
    const n = Math.min(many[1] - kept.rows, Math.max(1, Math.floor(rays / many[0])));
    march(tools, frame, state, scene, { sampling: fine, target: kept.next, size: many, rows: [kept.rows, n] });
    kept.rows += n;
    if (kept.rows >= many[1]) {
      [kept.shown, kept.next, kept.rows] = [kept.next, kept.shown, -1];
    }
  }
  if (kept.shown) stretch(tools, frame, kept.shown);
  if (kept.rows >= 0 && !state.moving) frame.again();
}

/** Rays across and down. */
function sizeOf({ width, height }: VolumeState, { side }: VolumeSampling): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** The texture, or another one where its size is wrong. */
function textureOf(gpu: Gpu, have: GPUTexture | null, [width, height]: Size): GPUTexture {
  if (have?.width === width && have.height === height) return have;
  if (have) {
    gpu.bytes -= 4 * have.width * have.height;
    have.destroy();
  }
  gpu.bytes += 4 * width * height;
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.TEXTURE_BINDING;
  return gpu.device.createTexture({ label: 'volume', size: [width, height], format: FORMAT, usage });
}

interface Piece {
  readonly sampling: VolumeSampling;
  readonly target: GPUTexture;
  readonly size: Size;
  /** First row and number of rows. */
  readonly rows: readonly [number, number];
}

/** Marches along the rays of some rows. */
function march(tools: Tools, frame: Frame, state: VolumeState, { info, textures }: Scene, piece: Piece): void {
  const { device } = tools.gpu;
  const pipeline = tools.march[piece.sampling.linear];
  const uniform = frame.uniforms(VOLUME_UNIFORM_BYTES);
  device.queue.writeBuffer(uniform, 0, volumeUniforms(state, info, piece.sampling, piece.size));
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: uniform, size: VOLUME_UNIFORM_BYTES } },
      { binding: 1, resource: textures.image.createView() },
      { binding: 2, resource: textures.labels.createView() },
      { binding: 3, resource: { buffer: textures.colours } },
    ],
  });
  const [from, rows] = piece.rows;
  const view = piece.target.createView();
  const pass = frame.encoder.beginRenderPass({
    colorAttachments: [{ view, loadOp: from === 0 ? 'clear' : 'load', storeOp: 'store' }],
  });
  pass.setScissorRect(0, from, piece.size[0], rows);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.draw(3);
  pass.end();
}

function stretch({ gpu, stretch, smoothly }: Tools, { encoder, target }: Frame, picture: GPUTexture): void {
  const group = gpu.device.createBindGroup({
    layout: stretch.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: picture.createView() },
      { binding: 1, resource: smoothly },
    ],
  });
  const pass = encoder.beginRenderPass({ colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }] });
  pass.setPipeline(stretch);
  pass.setBindGroup(0, group);
  pass.draw(3);
  pass.end();
}
