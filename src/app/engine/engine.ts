import { deviceName, type Gpu, openGpu } from '../../gpu/device';
import { targetOf } from '../../plan/target';
import { importFiles } from '../importFiles';
import type { ArgsOf, EngineEvent, EngineInfo, Which } from '../protocol';
import type { CallContext, Handlers } from '../rpc';
import { BASE_NAMES, type Base, baseFromFile, buildBase, defaultBase, loadBase } from './base';
import { carryTo } from './carry';
import { type Cases, makeCases } from './cases';
import { type Desk, embedAt, predictAt } from './decode';
import { describe } from './describe';
import { type EmbeddingStore, openEmbeddingStore } from './embeddingStore';
import { type About, insideMethods } from './insideMethods';
import { freeModel, type Model, placeModel } from './model';
import { pickVoxel } from './pickVoxel';
import { makePictures, type Pictures } from './picture';
import { makeRunDesk, type RunDesk } from './runDesk';
import { folderHoldsVolumes } from './runSource';
import { sampleCase, sampleCaseId, thumbnailOf } from './samples';
import { segmentMethods } from './segmentMethods';
import { planSlabs, segmentSlabs } from './slabs';
import { isDue, measureNow, recall } from './tuning';
import { probeAt, windowOf } from './values';
import { makeViews, type Views } from './views';

/** Everything that the engine holds. The device may go; the rest stays. */
interface State {
  gpu: Gpu | null;
  base: Promise<Base> | null;
  baseModel: Model | null;
  readonly runs: RunDesk;
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
    ...{ gpu: null, base: null, baseModel: null, measured: false, turn: Promise.resolve() },
    runs: makeRunDesk({
      ...{ gpu: () => gpuOf(s), base: () => s.base ?? baseOf(s, gpuOf(s)), cases },
      turn: (work) => inTurn(s, work),
    }),
    ...{
      cases,
      pictures: makePictures(),
      store: openEmbeddingStore((error) => emit({ kind: 'trouble', error: describe(error) })),
    },
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
    ...s.runs.methods,
    bases: async () => BASE_NAMES,
    useBase: ({ base }) => useBase(s, base),
  };
}

function aboutOf({ gpu, base, cases, runs, store }: State): About {
  return { gpu, base, store, cases: cases.size, run: runs.words() };
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
    holdsVolumes: async ({ files }: ArgsOf<'holdsVolumes'>) => folderHoldsVolumes(files),
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
    pickVoxel: async ({ state, x, y }: ArgsOf<'pickVoxel'>) => pickVoxel(cases.get(state.case), state, x, y),
  };
}

async function deskOf(s: State): Promise<Desk> {
  const { cases, pictures, views, store } = s;
  return {
    ...{ gpu: gpuOf(s), base: await baseOf(s, gpuOf(s)), cases, pictures, views, store },
    model: (which) => modelOf(s, which),
    inTurn: (which, work) => inTurn(s, which === 'adapted' ? () => s.runs.atRest(work) : work),
    training: s.runs.busy,
    answered: () => measureLater(s),
  };
}

function baseOf(s: State, { caps }: Gpu): Promise<Base> {
  s.base ??= loadBase(defaultBase(caps));
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
  const base = await baseOf(s, gpu);
  await recalled;
  s.baseModel = await placeModel(gpu, 'base', buildBase(base));
  s.gpu = gpu;
  s.views.use(gpu);
  void gpu.lost.then((error) => {
    if (s.gpu === gpu) emit({ kind: 'lost', message: error.message });
  });
  return infoOf(gpu, base);
}

/** A new device for the old one; what was computed is put back from the copies on the host. */
async function restore(s: State, emit: (event: EngineEvent) => void, context: CallContext): Promise<EngineInfo> {
  const old = s.gpu;
  s.gpu = null;
  s.baseModel = null;
  s.views.use(null);
  old?.destroy();
  if (old) s.runs.leave(old, true);
  const info = await open(s, emit, context);
  await s.runs.comeBack();
  s.pictures.dropAdapted();
  return info;
}

function modelOf(s: State, which: Which): Model {
  const model = which === 'base' ? s.baseModel : s.runs.model();
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
  if (!gpu || s.measured || !isDue(gpu) || s.runs.busy()) return;
  s.measured = true;
  void inTurn(s, () => measureNow(gpu)).catch(() => {});
}

/** Works with another base, of this build or from a file: the old one and every adapter leave the device. */
async function useBase(s: State, which: string | File): Promise<EngineInfo> {
  if (s.runs.busy()) throw new Error('a run is going on; pause it before another base is used');
  const gpu = gpuOf(s);
  const base = typeof which === 'string' ? await loadBase(nameOfBase(which)) : await baseFromFile(which);
  await inTurn(s, async () => {
    const built = await placeModel(gpu, 'base', buildBase(base));
    s.runs.leave(gpu, false);
    if (s.baseModel) freeModel(gpu, s.baseModel);
    Object.assign(s, { base: Promise.resolve(base), baseModel: built });
    s.pictures.clear();
  });
  return infoOf(gpu, base);
}

function nameOfBase(name: string) {
  const found = BASE_NAMES.find((n) => n === name);
  if (!found) throw new Error(`there is no base called ${name} in this build; there are ${BASE_NAMES.join(', ')}`);
  return found;
}

function infoOf(gpu: Gpu, base: Base): EngineInfo {
  const { features, limits } = gpu.caps;
  return { device: deviceName(gpu.caps), software: targetOf(gpu.caps).software, features, limits, base: base.info };
}
