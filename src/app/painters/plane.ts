/** Draws a slice: image through its window, labels, the model's proposal. */
import { storageBuffer } from '../../gpu/buffers';
import type { Gpu } from '../../gpu/device';
import { shaderSource } from '../../gpu/shaders';
import { planeOf, voxelAt } from '../document/planes';
import type { Proposal } from '../engine/proposals';
import type { Paint, Painter, Scene } from '../painter';
import type { PlaneState, ViewState } from '../protocol';

/** Bytes of the shader's `Plane`. */
const UNIFORM_BYTES = 128;

/** The painter of `PlaneState`. */
export const painter: Painter = { kind: 'plane', make };

async function make(gpu: Gpu, format: GPUTextureFormat): Promise<Paint> {
  const { device } = gpu;
  const module = device.createShaderModule({ label: 'view/plane', code: shaderSource('view/plane.wgsl') });
  const pipeline = await device.createRenderPipelineAsync({
    label: 'view/plane',
    layout: 'auto',
    vertex: { module, entryPoint: 'corner' },
    fragment: { module, entryPoint: 'shade', targets: [{ format }] },
  });
  const none = storageBuffer(gpu, 16, 'no proposal');
  return ({ encoder, target, uniforms }, given: ViewState, scene) => {
    const state = given as PlaneState;
    const shown = shownProposal(state, scene);
    const uniform = uniforms(UNIFORM_BYTES);
    device.queue.writeBuffer(uniform, 0, uniformOf(state, scene, shown));
    const { image, labels, colours } = scene.textures;
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: uniform, size: UNIFORM_BYTES } },
        { binding: 1, resource: image.createView() },
        { binding: 2, resource: labels.createView() },
        { binding: 3, resource: { buffer: colours } },
        { binding: 4, resource: { buffer: shown ? shown.of.logits : none } },
      ],
    });
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store' }] });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.draw(3);
    pass.end();
  };
}

/** Strength of a proposal that belongs to an earlier prompt, or to a click that was not made yet. */
const FAINT = 0.6;

interface Shown {
  readonly of: Proposal;
  readonly mask: number;
  readonly colour: readonly number[];
  readonly strength: number;
}

/** What is drawn of the model's answer: the present one, else an older one faintly; null where there is none that fits the slice. */
function shownProposal({ proposal: p, plane }: PlaneState, { info, proposal }: Scene): Shown | null {
  if (!p) return null;
  const now = drawable(proposal(p.key), p.mask);
  const found = now ?? (p.fallback === null ? null : drawable(proposal(p.fallback), null));
  const g = planeOf(info, plane);
  if (!found || found.of.rows !== g.rows || found.of.columns !== g.columns) return null;
  return { ...found, colour: p.colour, strength: now && !p.faint ? 1 : FAINT };
}

/** The proposal with the mask that is meant; null while the best one is meant and nobody knows which that is. */
function drawable(of: Proposal | null, mask: number | null): { of: Proposal; mask: number } | null {
  if (!of) return null;
  if (mask !== null && mask < of.n) return { of, mask };
  return of.best === null ? null : { of, mask: of.best };
}

/** The shader's `Plane`, field by field. */
function uniformOf(state: PlaneState, { info }: Scene, proposal: Shown | null): ArrayBuffer {
  const g = planeOf(info, state.plane);
  const at = (column: number, row: number) => voxelAt(g, column, row, state.slice);
  const start = at(0, 0);
  const step = (to: readonly number[]) => to.map((v, i) => v - start[i]);
  const bytes = new ArrayBuffer(UNIFORM_BYTES);
  const [whole, real] = [new Int32Array(bytes), new Float32Array(bytes)];
  whole.set([...start, info.channels, ...step(at(1, 0)), 0, ...step(at(0, 1)), 0]);
  whole.set([g.columns, g.rows, Number(state.smooth), Number(state.labels)], 12);
  real.set([state.x, state.y, state.scale * g.pixel[0], state.scale * g.pixel[1]], 16);
  const part = (v: number) => (v - info.range[0]) / (info.range[1] - info.range[0] || 1);
  real.set([part(state.window[0]), part(state.window[1]), state.opacity, state.outline ? state.line : 0], 20);
  if (proposal) real.set([...proposal.colour.map((v) => v / 255), proposal.strength], 24);
  whole[28] = (proposal?.mask ?? 0) * g.rows * g.columns;
  return bytes;
}
