import { ADAPTER_FILES, writeAdapter } from '../../data/adapterFile';
import { deviceName, type Gpu, openGpu } from '../../gpu/device';
import { readParams } from '../../nn/paramsIo';
import { ADAPTERS, parseRun } from '../configs';
import type { EngineEvent, EngineInfo, PredictionInfo, Which } from '../protocol';
import type { CallContext, Handlers } from '../rpc';
import { type Base, buildBase, loadBase } from './base';
import { watchCompiles } from './compileWatch';
import { buildAdapted, embed, type Model, nextToWarm, placeModel, planOf, predict } from './model';
import { filePicture, type Picture, samplePicture, thumbnailOf } from './picture';
import { continueRun, infoOf, newRun, type Run, replaceModel, unplace } from './run';
import { isSoftware } from './software';
import { isDue, measureNow, recall } from './tuning';

/** Pictures kept; the one unused for longest goes first. */
const MAX_PICTURES = 24;

/** Everything that the engine holds. The device may go; the rest stays. */
interface State {
  gpu: Gpu | null;
  base: Promise<Base> | null;
  baseModel: Model | null;
  run: Run | null;
  readonly pictures: Map<string, Picture>;
  files: number;
  /** Kernels were measured, or are being measured, in this visit. */
  measured: boolean;
  /** Settles when the predictors are free: one prompt at a time. */
  turn: Promise<unknown>;
}

/** The engine's methods. `emit` gets what happens without being asked for. Runs in a worker; needs no DOM. */
export function makeEngine(emit: (event: EngineEvent) => void): Handlers {
  const s: State = {
    ...{ gpu: null, base: null, baseModel: null, run: null, files: 0, measured: false },
    ...{ pictures: new Map(), turn: Promise.resolve() },
  };
  return {
    open: (_, context) => open(s, emit, context),
    restore: (_, context) => restore(s, emit, context),
    thumbnail: async ({ modality, index, size }) => thumbnailOf(modality, index, size),
    sample: async ({ modality, index }) => {
      return keep(s, samplePicture(modality, index, (await baseOf(s)).info.imgSize));
    },
    file: async ({ file }) => {
      return keep(s, await filePicture(file, `file-${++s.files}`, (await baseOf(s)).info.imgSize));
    },
    embed: (a, context) => embedNow(s, a.image, a.which, context),
    predict: (a) => inTurn(s, () => predictNow(s, a)),
    plan: async ({ config }) => planOf(buildAdapted(await baseOf(s), parseRun(config))),
    adapt: async ({ config }, context) => {
      const checked = parseRun(config);
      if (s.run) unplace(s.run, gpuOf(s), s.run.phase === 'lost');
      s.run = newRun(await baseOf(s), checked);
      return goOn(s, context);
    },
    resume: async ({ finish }, context) => goOn(s, context, finish),
    halt: async ({ how }) => {
      if (s.run) s.run.halt = how;
      return null;
    },
    exportAdapter: () => exportAdapter(s),
  };
}

function baseOf(s: State): Promise<Base> {
  s.base ??= loadBase();
  // A fetch that failed may be tried again.
  s.base.catch(() => {
    s.base = null;
  });
  return s.base;
}

function gpuOf(s: State): Gpu {
  if (!s.gpu) throw new Error('the GPU is not open; reload the page');
  return s.gpu;
}

async function open(s: State, emit: (event: EngineEvent) => void, context: CallContext): Promise<EngineInfo> {
  const gpu = await openGpu();
  const recalled = recall(gpu);
  context.progress({ kind: 'work', what: 'Loading the model', done: 0, total: 1 });
  const base = await baseOf(s);
  await recalled;
  s.baseModel = await placeModel(gpu, 'base', buildBase(base));
  s.gpu = gpu;
  void gpu.lost.then((error) => {
    if (s.gpu === gpu) emit({ kind: 'lost', message: error.message });
  });
  const device = deviceName(gpu.caps);
  const { features, limits } = gpu.caps;
  return { device, software: isSoftware(gpu.caps), features, limits, base: base.info };
}

/** A new device for the old one; what was computed is put back from the copies on the host. */
async function restore(s: State, emit: (event: EngineEvent) => void, context: CallContext): Promise<EngineInfo> {
  const old = s.gpu;
  s.gpu = null;
  s.baseModel = null;
  old?.destroy();
  if (s.run && old) unplace(s.run, old, true);
  const info = await open(s, emit, context);
  if (s.run) await replaceModel(s.run, { gpu: gpuOf(s), base: await baseOf(s) });
  for (const p of s.pictures.values()) p.embeddings.delete('adapted');
  return info;
}

function keep(s: State, made: ReturnType<typeof samplePicture>) {
  const { picture, pixels } = made;
  const { id } = picture.info;
  const known = s.pictures.get(id);
  s.pictures.delete(id);
  s.pictures.set(id, known ?? picture);
  for (const oldest of s.pictures.keys()) {
    if (s.pictures.size <= MAX_PICTURES) break;
    s.pictures.delete(oldest);
  }
  return { ...picture.info, pixels };
}

function pictureOf(s: State, id: string): Picture {
  const found = s.pictures.get(id);
  if (!found) throw new Error(`the image ${id} was put away; open it again`);
  return found;
}

function modelOf(s: State, which: Which): Model {
  const model = which === 'base' ? s.baseModel : s.run?.model;
  if (!model)
    throw new Error(
      which === 'base' ? 'the model is not loaded; reload the page' : 'there is no adapter yet; press Adapt first',
    );
  return model;
}

/** Waits for its turn: predictors serve one prompt at a time. */
function inTurn<T>(s: State, work: () => Promise<T>): Promise<T> {
  const mine = s.turn.then(work, work);
  s.turn = mine.catch(() => {});
  return mine;
}

async function embedNow(s: State, id: string, which: Which, context: CallContext) {
  const began = performance.now();
  const picture = pictureOf(s, id);
  const compiling = (done: number, total: number) =>
    context.progress({ kind: 'work', what: 'Compiling shaders', done, total });
  const cached = await inTurn(s, () =>
    watchCompiles(gpuOf(s), compiling, async () => {
      const model = modelOf(s, which);
      const known = await embed(model, picture);
      // The first click should find its plan compiled.
      const [height, width] = picture.original;
      if (!known) await predict(model, picture, [{ x: width / 2, y: height / 2, label: 1 }], false);
      return known;
    }),
  );
  return { ms: performance.now() - began, cached };
}

async function predictNow(
  s: State,
  a: { image: string; which: Which; points: Parameters<typeof predict>[2]; multimask: boolean },
): Promise<PredictionInfo> {
  const began = performance.now();
  const [model, picture] = [modelOf(s, a.which), pictureOf(s, a.image)];
  const p = await predict(model, picture, a.points, a.multimask);
  const next = nextToWarm(model, picture, a.points.length);
  // While the person looks at the mask. A run has better use for the device.
  if (next && s.run?.phase !== 'training')
    void inTurn(s, () => predict(model, picture, next, a.multimask)).catch(() => {});
  measureLater(s);
  const [height, width] = p.size;
  const [masks, iou] = [new Uint8Array(p.masks), new Float32Array(p.iou)];
  return { n: p.n, width, height, masks, iou, ms: performance.now() - began };
}

/** After the first mask, so that it waits for nothing: kernels of plans to come are chosen by measurement. */
function measureLater(s: State): void {
  const { gpu } = s;
  if (!gpu || s.measured || !isDue(gpu) || s.run?.phase === 'training') return;
  s.measured = true;
  void inTurn(s, () => measureNow(gpu)).catch(() => {});
}

/** Starts or takes up the run; with `finish`, measures where it stands and ends it. */
async function goOn(s: State, context: CallContext, finish = false) {
  if (!s.run || !s.baseModel) throw new Error('there is no run to continue; press Adapt');
  s.run.halt = finish ? 'stop' : null;
  const exclusive = <T>(work: () => Promise<T>) => inTurn(s, work);
  return continueRun(s.run, { gpu: gpuOf(s), base: await baseOf(s), baseModel: s.baseModel, exclusive }, context);
}

async function exportAdapter(s: State): Promise<{ name: string; blob: Blob }> {
  const { run } = s;
  if (!run?.model) throw new Error('there is no adapter yet; press Adapt first');
  const { params, sam } = run.model;
  const own = params.all().filter((p) => p.adapter !== null);
  const data = await readParams(
    params,
    gpuOf(s),
    own.map((p) => p.name),
  );
  const tensors = own.map((p) => ({
    name: p.name,
    dtype: 'F32',
    shape: p.shape,
    data: new Float32Array(data.get(p.name)!),
  }));
  const { config, plan } = run;
  const { fingerprint } = await baseOf(s);
  const { rows, step } = infoOf(run);
  const files = writeAdapter(tensors, {
    base: { name: sam.config.name, ...(fingerprint ? { fingerprint } : {}) },
    adapters: [{ name: config.adapter, config: config.options, pattern: ADAPTERS[config.adapter].pattern }],
    parameters: { trained: plan.trained, total: params.counts().total },
    training: { ...config, stepsDone: step },
    scores: rows.flatMap((r) =>
      r.before === null || r.after === null
        ? []
        : [{ className: r.className, n: r.n, before: r.before, after: r.after }],
    ),
  });
  return {
    name: `${sam.config.name}-${config.adapter}-${config.data}.safetensors`,
    blob: files.get(ADAPTER_FILES.weights)!,
  };
}
