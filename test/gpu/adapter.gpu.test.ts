import { expect, test } from 'vitest';

const kernel = `// y = 2 x, one thread per element
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = 2.0 * x[id.x]; }`;

const openDevice = async (): Promise<GPUDevice> => {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  return adapter.requestDevice();
};

test('an adapter answers, compiles WGSL, computes and is read back', async () => {
  const device = await openDevice();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: 16, usage });
  const readback = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array([1, -2, 3.5, 0]));
  const module = device.createShaderModule({ code: kernel });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const layout = pipeline.getBindGroupLayout(0);
  const bindGroup = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, 16);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  expect([...new Float32Array(readback.getMappedRange().slice(0))]).toEqual([2, -4, 7, 0]);
  device.destroy();
});
