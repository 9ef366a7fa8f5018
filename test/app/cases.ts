/** Cases as tests of the page open them. */
import { type CaseInfo, IMAGE_AFFINE } from '../../src/app/document/caseInfo';
import type { Edit } from '../../src/app/document/edits';
import { firstLook } from '../../src/app/document/look';
import { packMask } from '../../src/app/document/runs';
import { apply, startTimeline, type Timeline } from '../../src/app/document/timeline';
import type { PredictionInfo } from '../../src/app/protocol';
import type { ObjectScore, RunInfo, RunPhase } from '../../src/app/runProtocol';
import { type AppState, initialState, type OpenCase } from '../../src/app/state';

/** An image of 4 × 4 pixels. */
export const imageInfo = (id = 'a', change: Partial<CaseInfo> = {}): CaseInfo => ({
  ...{ id, name: `${id}.png`, kind: 'image', hash: id, dims: [4, 4, 1], spacing: [1, 1, 1], affine: IMAGE_AFFINE },
  ...{ plane: 'axial', channels: 3, modality: 'colour', range: [0, 255], window: [0, 255], truth: null },
  source: { format: 'PNG', dims: [4, 4, 1], affine: null, turn: null, notes: [] },
  ...change,
});

/** A volume of 4 × 3 × 5 voxels, LPS. */
export const volumeInfo = (id = 'v', change: Partial<CaseInfo> = {}): CaseInfo =>
  imageInfo(id, { kind: 'volume', dims: [4, 3, 5], channels: 1, modality: 'ct', ...change });

/** A case as it is right after opening. */
export const opened = (info: CaseInfo): OpenCase => ({ info, timeline: startTimeline(), look: firstLook(info) });

/** The history after these changes of an untouched case. */
export const after = (...edits: Edit[]): Timeline => edits.reduce((t, e) => apply(t, e), startTimeline());

/** A state in which the engine is ready and these cases are open, the first one shown. */
export const stateWith = (...infos: CaseInfo[]): AppState => ({
  ...{ ...initialState(), engine: 'ready' },
  ...{ cases: new Map(infos.map((info) => [info.id, opened(info)])), shown: infos[0]?.id ?? null },
});

/** An answer of the model with these scores; all masks the left half of 4 × 4 pixels. */
export const prediction = (...iou: number[]): PredictionInfo => ({
  ...{
    n: iou.length,
    width: 4,
    height: 4,
    ms: 1,
    gpuMs: 0.5,
    stability: iou.map(() => 0.9),
    iou: Float32Array.from(iou),
  },
  masks: iou.map(() => packMask([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0])),
});

/** A run in `phase` after `step` steps. */
export const runInfo = (phase: RunPhase, step: number, change: Partial<RunInfo> = {}): RunInfo => ({
  ...{ id: 'r', name: 'Run 1', created: 1, phase, config: initialState().config, step, objects: [], seconds: 0 },
  ...{ base: { name: 'b', fingerprint: null }, plan: { trained: 1, base: 10, percent: 10 }, bytes: null, data: null },
  ...{ imported: false, unsaved: null, best: null, applied: null, elsewhere: false },
  ...change,
});

/** A held-out object of a case of its own. */
export const scored = (id: string, className: string, before: number | null, after: number | null): ObjectScore => ({
  ...{ id, className, patient: id, before, after },
});
