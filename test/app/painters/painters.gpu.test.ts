import { expect, test } from 'vitest';
import { IMAGE_AFFINE } from '../../../src/app/document/caseInfo';
import { makeProposals } from '../../../src/app/engine/proposals';
import { freeCaseScene, makeCaseScene, writeColours } from '../../../src/app/engine/scene';
import { PAINTERS } from '../../../src/app/painter';
import { painter } from '../../../src/app/painters/plane';
import type { PlaneState } from '../../../src/app/protocol';
import { storageBuffer } from '../../../src/gpu/buffers';
import { type Gpu, openGpu } from '../../../src/gpu/device';
import { imageInfo } from '../cases';

const format = 'rgba8unorm';

/** Draws on a texture of 16 × 16 pixels and reads it. */
async function drawn(
  gpu: Gpu,
  draw: (encoder: GPUCommandEncoder, target: GPUTextureView) => void,
): Promise<Uint8Array> {
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = gpu.device.createTexture({ size: [16, 16], format, usage });
  const staging = gpu.device.createBuffer({ size: 256 * 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = gpu.device.createCommandEncoder();
  draw(encoder, texture.createView());
  encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: 256 }, [16, 16]);
  gpu.device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Uint8Array(staging.getMappedRange().slice(0));
}

test('a slice is drawn through its window, with labels and proposal, and nothing beside it', async () => {
  const gpu = await openGpu();
  const info = imageInfo('a', { affine: IMAGE_AFFINE, channels: 1, range: [0, 100], dims: [4, 4, 2] });
  // Second slice: columns of 0, 25, 50, 100; a label in the lower left corner.
  const values = Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 77 : [0, 25, 50, 100][i % 4]));
  const labels = new Uint8Array(32);
  labels[16 + 12] = 3;
  const textures = makeCaseScene(gpu, { info, values, labels });
  const colours = new Uint8Array(1024);
  colours.set([0, 255, 0, 255], 12);
  writeColours(gpu, textures, colours);
  const proposals = makeProposals(gpu);
  const logits = storageBuffer(gpu, 64, 'logits');
  // The proposal: the upper right corner.
  gpu.device.queue.writeBuffer(
    logits,
    0,
    Float32Array.from({ length: 16 }, (_, i) => (i === 3 ? 1 : -1)),
  );
  proposals.add('p', { buffer: logits, offset: 0, n: 1, size: [4, 4] });
  const paint = await painter.make(gpu, format);
  const uniform = gpu.device.createBuffer({ size: 256, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const state: PlaneState = {
    ...{ kind: 'plane', case: 'a', plane: 'axial', slice: 1, width: 16, height: 16, scale: 2, x: 4, y: 4 },
    ...{ window: [25, 75], smooth: false, opacity: 1, outline: false, line: 1, labels: true },
    proposal: { key: 'p', fallback: null, mask: null, colour: [255, 0, 0] },
  };
  const show = (s: PlaneState) =>
    drawn(gpu, (encoder, target) =>
      paint({ encoder, target, uniforms: () => uniform, again: () => {} }, s, {
        info,
        textures,
        proposal: proposals.get,
      }),
    );
  const at = (pixels: Uint8Array, column: number, row: number) => {
    const i = 256 * (4 + 2 * row) + 4 * (4 + 2 * column);
    return [...pixels.slice(i, i + 4)];
  };
  const pixels = await show(state);
  const grey = (v: number) => [v, v, v, 255];
  expect([0, 1, 2].map((c) => at(pixels, c, 1))).toEqual([grey(0), grey(0), grey(128)]);
  expect(at(pixels, 3, 1)).toEqual(grey(255));
  expect(at(pixels, 0, 3)).toEqual([0, 255, 0, 255]);
  expect(at(pixels, 3, 0)).toEqual([255, 0, 0, 255]);
  expect([...pixels.slice(0, 4)]).toEqual([0, 0, 0, 0]);
  const bare = await show({ ...state, labels: false, proposal: null });
  expect([at(bare, 0, 3), at(bare, 3, 0)]).toEqual([grey(0), grey(255)]);
  freeCaseScene(gpu, textures);
  proposals.drop(() => true);
  expect(gpu.error).toBeNull();
});

test('every painter compiles', async () => {
  const gpu = await openGpu();
  for (const p of PAINTERS.values()) expect(await p.make(gpu, format)).toBeTypeOf('function');
  expect(gpu.error).toBeNull();
});
