import { freeBuffer } from '../../gpu/buffers';
import type { Gpu } from '../../gpu/device';
import { PAINTERS, type Paint } from '../painter';
import type { ViewState } from '../protocol';
import type { Cases } from './cases';
import { makeProposals, type Proposals } from './proposals';
import { type CaseScene, freeCaseScene, makeCaseScene, writeColours, writeLabels } from './scene';

/** The canvases of the page and what is drawn on them. They outlive devices: on a new one everything is uploaded and drawn anew. */
export interface Views {
  attach(view: string, canvas: OffscreenCanvas): void;
  draw(view: string, state: ViewState | null): void;
  labels(
    id: string,
    slices: readonly { z: number; data: Uint8Array<ArrayBuffer> }[],
    colours: Uint8Array<ArrayBuffer>,
  ): void;
  /** Frees what a case has on the GPU. */
  close(id: string): void;
  /** The device that draws from now on; null: none, the old one is gone. */
  use(gpu: Gpu | null): void;
  /** Draws all views at the next frame. */
  redraw(): void;
  /** What the model proposed, on the present device. */
  readonly proposals: Proposals | null;
}

interface View {
  readonly canvas: OffscreenCanvas;
  readonly context: GPUCanvasContext;
  state: ViewState | null;
  uniforms: GPUBuffer | null;
  /** What it shows is not what it should. */
  stale: boolean;
  /** The device is not done with its last frame, and it is of those that wait for it. */
  busy: boolean;
}

/** Cases whose textures are kept although no view shows them. */
const SPARE = 2;

interface Device {
  readonly gpu: Gpu;
  readonly format: GPUTextureFormat;
  readonly scenes: Map<string, CaseScene>;
  readonly paints: Map<string, Paint | null>;
  readonly proposals: Proposals;
}

/** Views of `cases`. `onError` is told what drawing died of. */
export function makeViews(cases: Cases, onError: (error: unknown) => void): Views {
  const views = new Map<string, View>();
  const colours = new Map<string, Uint8Array<ArrayBuffer>>();
  let device: Device | null = null;
  let scheduled = false;
  const frame = () => {
    scheduled = false;
    if (!device) return;
    try {
      for (const view of views.values()) {
        if (!view.stale || view.busy) continue;
        view.stale = false;
        drawView(device, view, cases, colours, { redraw, schedule, onError });
      }
      dropUnseen(device, views);
    } catch (error) {
      onError(error);
    }
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(frame);
  };
  const redraw = (id?: string) => {
    for (const view of views.values()) if (id === undefined || view.state?.case === id) view.stale = true;
    schedule();
  };
  const configure = (view: View) => {
    if (device)
      view.context.configure({ device: device.gpu.device, format: device.format, alphaMode: 'premultiplied' });
  };
  return {
    attach(id, canvas) {
      const context = canvas.getContext('webgpu');
      // Where there is no WebGPU the page says so itself.
      if (!context) return;
      const view = { canvas, context, state: null, uniforms: null, stale: false, busy: false };
      views.set(id, view);
      configure(view);
    },
    draw(id, state) {
      const view = views.get(id);
      if (!view) return;
      view.state = state;
      view.stale = true;
      schedule();
    },
    labels(id, slices, rgba) {
      colours.set(id, rgba);
      if (!cases.has(id)) return;
      const c = cases.get(id);
      const [nx, ny, nz] = c.info.dims;
      if (slices.length) c.labels ??= new Uint8Array(nx * ny * nz);
      for (const { z, data } of slices) c.labels?.set(data, z * nx * ny);
      const scene = device?.scenes.get(id);
      if (!device || !scene) return;
      for (const { z } of slices) writeLabels(device.gpu, scene, c, z);
      writeColours(device.gpu, scene, rgba);
      redraw(id);
    },
    close(id) {
      colours.delete(id);
      const scene = device?.scenes.get(id);
      device?.scenes.delete(id);
      if (device && scene) freeCaseScene(device.gpu, scene);
      device?.proposals.drop((key) => key.includes(JSON.stringify(id)));
    },
    use(gpu) {
      device = gpu && {
        ...{ gpu, format: navigator.gpu.getPreferredCanvasFormat(), scenes: new Map(), paints: new Map() },
        proposals: makeProposals(gpu),
      };
      for (const view of views.values()) {
        Object.assign(view, { uniforms: null, busy: false });
        configure(view);
      }
      redraw();
    },
    redraw: () => redraw(),
    get proposals() {
      return device?.proposals ?? null;
    },
  };
}

interface Notify {
  /** All views, at the next frame. */
  readonly redraw: () => void;
  /** Those that are stale. */
  readonly schedule: () => void;
  readonly onError: (error: unknown) => void;
}

/** The painter's function; null while it compiles (the view is drawn when it has). */
function paintOf(d: Device, kind: string, { redraw, onError }: Notify): Paint | null {
  const found = d.paints.get(kind);
  if (found !== undefined) return found;
  const painter = PAINTERS.get(kind);
  if (!painter) throw new Error(`view: there is no painter of ${kind}; there are ${[...PAINTERS.keys()].join(', ')}`);
  d.paints.set(kind, null);
  painter.make(d.gpu, d.format).then((paint) => {
    d.paints.set(kind, paint);
    redraw();
  }, onError);
  return null;
}

function drawView(d: Device, view: View, cases: Cases, colours: ReadonlyMap<string, Uint8Array>, notify: Notify): void {
  const { state, canvas, context } = view;
  if (!state || !cases.has(state.case) || d.gpu.error) return;
  const paint = paintOf(d, state.kind, notify);
  if (!paint) return;
  if (canvas.width !== state.width) canvas.width = state.width;
  if (canvas.height !== state.height) canvas.height = state.height;
  const c = cases.get(state.case);
  const known = d.scenes.get(state.case);
  const textures = known ?? makeCaseScene(d.gpu, c);
  d.scenes.delete(state.case);
  d.scenes.set(state.case, textures);
  const rgba = colours.get(state.case);
  if (!known && rgba) writeColours(d.gpu, textures, rgba);
  const encoder = d.gpu.device.createCommandEncoder({ label: `view ${state.kind}` });
  const target = context.getCurrentTexture().createView();
  const scene = { info: c.info, textures, proposal: (key: string) => d.proposals.get(key) };
  const again = () => {
    view.stale = true;
    notify.schedule();
  };
  paint({ encoder, target, uniforms: (bytes) => uniformsOf(d.gpu, view, bytes), again }, state, scene);
  d.gpu.device.queue.submit([encoder.finish()]);
  if (PAINTERS.get(state.kind)?.slow) waitFor(d.gpu, view, notify);
}

/** Draws the view no more before the device is done with what was sent. */
function waitFor(gpu: Gpu, view: View, { schedule }: Notify): void {
  view.busy = true;
  const done = () => {
    view.busy = false;
    if (view.stale) schedule();
  };
  gpu.device.queue.onSubmittedWorkDone().then(done, done);
}

function uniformsOf(gpu: Gpu, view: View, bytes: number): GPUBuffer {
  if (view.uniforms && view.uniforms.size >= bytes) return view.uniforms;
  if (view.uniforms) freeBuffer(gpu, view.uniforms);
  gpu.bytes += bytes;
  view.uniforms = gpu.device.createBuffer({ size: bytes, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  return view.uniforms;
}

/** Frees the textures of cases that no view shows, but for a few of the latest. */
function dropUnseen(d: Device, views: ReadonlyMap<string, View>): void {
  const seen = new Set([...views.values()].map((v) => v.state?.case));
  const unseen = [...d.scenes].filter(([id]) => !seen.has(id));
  for (const [id, scene] of unseen.slice(0, Math.max(0, unseen.length - SPARE))) {
    d.scenes.delete(id);
    freeCaseScene(d.gpu, scene);
  }
}
