import { ADAPTER_FILES, writeAdapter } from '../../data/adapterFile';
import { deviceName, type Gpu, openGpu } from '../../gpu/device';
import { readParams } from '../../nn/paramsIo';
import { ADAPTERS, parseRun } from '../configs';
import { importFiles } from '../importFiles';
import type { ArgsOf, EngineEvent, EngineInfo, Which } from '../protocol';
import type { CallContext, Handlers } from '../rpc';
import { type Base, buildBase, loadBase } from './base';
import { carryTo } from './carry';
import { type Cases, makeCases } from './cases';
import { type Desk, embedAt, predictAt } from './decode';
import { describe } from './describe';
import { type EmbeddingStore, openEmbeddingStore } from './embeddingStore';
import { type About, insideMethods } from './insideMethods';
import { buildAdapted, type Model, placeModel, planOf } from './model';
import { makePictures, type Pictures } from './picture';
import { continueRun, infoOf, newRun, type Run, replaceModel, unplace } from './run';
import { sampleCase, sampleCaseId, thumbnailOf } from './samples';
import { segmentMethods } from './segmentMethods';
import { planSlabs, segmentSlabs } from './slabs';
import { isSoftware } from './software';
import { isDue, measureNow, recall } from './tuning';
import { probeAt, windowOf } from './values';
import { makeViews, type Views } from './views';

/** Everything that the engine holds. The device may go; the rest stays. */
interface State {
  gpu: Gpu | null;
  base: Promise<Base> | null;
  baseModel: Model | null;
  run: Run | null;
  readonly cases: Cases;
  readonly pictures: Pictures;
  readonly views: Views;
  readonly store: EmbeddingStore;
  /** Kernels were measured, or are being measured, in this visit. */
  measured: boolean;
  /** Settles when the predictors are free: one prompt at a time. */
  turn: Promise<unknown>;
}

/** The engine's methods. `emit` gets what happens without being asked for. Runs in a worker; needs no DOM. */
export function makeEngine(emit: (event: EngineEvent) => void): Handlers {
  const cases = makeCases();
  const s: State = {
    ...{ gpu: null, base: null, baseModel: null, run: null, measured: false, turn: Promise.resolve() },
    ...{ cases, pictures: makePictures(), store: openEmbeddingStore() },
    views: makeViews(cases, (error) => emit({ kind: 'trouble', error: describe(error) })),
  };
  return {
    open: (_, context) => open(s, emit, context),
    restore: (_, context) => restore(s, emit, context),
    ...caseMethods(s),
    ...segmentMethods(() => deskOf(s), cases),
    ...insideMethods(
      () => deskOf(s),
      () => aboutOf(s),
    ),
    embed: async ({ at, which }, context) => embedAt(await deskOf(s), at, which, context),
    predict: async (a) => predictAt(await deskOf(s), a),
    carry: async (a, context) => carryTo(await deskOf(s), a, context),
    slabPlan: async (a, context) => planSlabs(await deskOf(s), a, context),
    slabs: async (a, context) => segmentSlabs(await deskOf(s), a, context),
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

function aboutOf({ gpu, base, cases, run, store }: State): About {
  const words = run
    ? `${run.config.adapter}, ${run.phase}, step ${run.state?.step ?? 0} of ${run.config.steps}`
    : 'none';
  return { gpu, base, store, cases: cases.size, run: words };
}

/** Methods that need no device. */
function caseMethods({ cases, pictures, views }: State) {
  return {
    thumbnail: async ({ sample, size }: ArgsOf<'thumbnail'>) => thumbnailOf(sample, size),
    sample: async ({ sample }: ArgsOf<'sample'>) => cases.add(sampleCaseId(sample), sampleCase(sample)),
    files: async ({ files, open, shown }: ArgsOf<'files'>, { signal, progress }: CallContext) => {
      const { cases: made, ...rest } = await importFiles(files, {
        ...{ open: open.filter(cases.has).map((id) => cases.get(id).info), shown, newId: cases.newId, signal },
        progress: (done, total) => progress({ kind: 'work', what: 'Reading files', done, total }),
      });
      // Given up: nobody would close what is opened now.
      return { ...rest, cases: signal.aborted ? [] : made.map((c) => cases.add(c.info.id, c)) };
    },
    probe: async (a: ArgsOf<'probe'>) => probeAt(cases.get(a.case), a.voxel),
    window: async (a: ArgsOf<'window'>) => windowOf(cases.get(a.case), a.choice),
    close: async ({ case: id }: ArgsOf<'close'>) => {
      cases.remove(id);
      pictures.remove(id);
      views.close(id);
      return null;
    },
    attach: async ({ view, canvas }: ArgsOf<'attach'>) => {
      views.attach(view, canvas);
      return null;
    },
    draw: async ({ view, state }: ArgsOf<'draw'>) => {
      views.draw(view, state);
      return null;
    },
    labels: async ({ case: id, slices, colours }: ArgsOf<'labels'>) => {
      views.labels(id, slices, colours);
      return null;
    },
  };
}

async function deskOf(s: State): Promise<Desk> {
  const { cases, pictures, views, store } = s;
  return {
    ...{ gpu: gpuOf(s), base: await baseOf(s), cases, pictures, views, store },
    model: (which) => modelOf(s, which),
    inTurn: (work) => inTurn(s, work),
    training: () => s.run?.phase === 'training',
    answered: () => measureLater(s),
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
  s.views.use(gpu);
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
  s.views.use(null);
  old?.destroy();
  if (s.run && old) unplace(s.run, old, true);
  const info = await open(s, emit, context);
  if (s.run) await replaceModel(s.run, { gpu: gpuOf(s), base: await baseOf(s) });
  s.pictures.dropAdapted();
  return info;
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
