/**
 * A range of slices segmented as a volume: slabs of D slices slide along the range, overlapping, and their logits are averaged. With
 * SD-Trans the slices of a slab see each other; without it each stands alone.
 */
import { askingRow, tokensOfPrompt } from '../../data/askingRow';
import { memo } from '../../data/memo';
import { slabStarts } from '../../data/slabs';
import { slideVolume } from '../../data/slidingVolume';
import { frameGrey, framePool, type PreparedVolume } from '../../data/volumePrepare';
import { toGrey } from '../../data/volumeWindow';
import type { Gpu } from '../../gpu/device';
import type { Size } from '../../models/sam/prompt';
import type { Sam } from '../../models/sam/sam';
import { planMemory } from '../../plan/memory';
import { withShaders } from '../../plan/withShaders';
import { type Evaluated, makeEvaluator } from '../../train/evaluator';
import { inferenceSteps } from '../../train/slabSteps';
import { shapeOf } from '../../train/trainItem';
import type { Prompt } from '../document/document';
import { planeOf, slicePixels } from '../document/planes';
import { packMask } from '../document/runs';
import type { ArgsOf } from '../protocol';
import type { CallContext } from '../rpc';
import type { SlabPlan, SlabRange, SlabResult } from '../volumeProtocol';
import type { EngineCase } from './cases';
import { watchCompiles } from './compileWatch';
import type { Desk } from './decode';
import { Cancelled } from './describe';
import { plainPrompt } from './maskPrompt';
import type { Model } from './model';
import { pictureAt } from './picture';

/** Part of a slab that the next one shares with it. */
const OVERLAP = 0.5;

/** A range of slices as the sliding window takes it; slice 0 is the first of the range. */
export type SlabVolume = Pick<PreparedVolume, 'id' | 'side' | 'dims' | 'grey' | 'frame'>;

/** The slices `from` to `to` of a plane through the model's window. */
export function slabVolume(
  { info, values }: EngineCase,
  { plane, window, from, to }: SlabRange,
  side: number,
): SlabVolume {
  const g = planeOf(info, plane);
  if (!(from >= 0 && to >= from && to < g.slices))
    throw new Error(`slices ${from + 1} to ${to + 1}: ${plane} has slices 1 to ${g.slices}`);
  const area = g.columns * g.rows;
  const dims = [g.columns, g.rows, to - from + 1] as const;
  const grey = new Uint8Array(area * dims[2]);
  for (let z = 0; z < dims[2]; z++) grey.set(toGrey(slicePixels(values, g, info.dims, from + z), window), z * area);
  const frame = memo(framePool, 3 * side * side, (z: number) => frameGrey(grey, dims, z, side));
  return { id: info.name, side, dims, grey, frame };
}

/** Prompt tokens of the longest prompt: points, and box corners or else SAM's padding point. */
export function tokensOf(prompts: Iterable<Prompt>): number {
  return Math.max(2, ...[...prompts].map(tokensOfPrompt));
}

/** What a range will take: planned, not tried; the time from the pace of one slice, which is measured once for each model. */
export async function planSlabs(desk: Desk, a: ArgsOf<'slabPlan'>, context: CallContext): Promise<SlabPlan> {
  const model = desk.model(a.which);
  const n = a.to - a.from + 1;
  const depth = Math.min(a.depth, n);
  const windows = slabStarts(n, { depth, overlap: OVERLAP }).length;
  const { batch, points, maskPrompts, multimask } = { batch: 1, points: 4, maskPrompts: false, multimask: false };
  const steps = inferenceSteps(model.sam, { batch, points, maskPrompts, multimask })(depth);
  const { activations, inputs } = await withShaders(() => planMemory(steps, desk.gpu.caps));
  const { columns, rows } = planeOf(desk.cases.get(a.case).info, a.plane);
  const pace = await paceOf(desk, model, a, context);
  return {
    ...{ depth, windows, seesDepth: hasDepth(model) },
    gpuBytes: activations + inputs,
    // Two float32 volumes are summed up, one of grey values lies beneath.
    bytes: 9 * columns * rows * n,
    seconds: (pace * windows * depth) / 1000,
  };
}

/** Whether slices of a slab see each other: SD-Trans is attached. */
export const hasDepth = ({ params }: Pick<Model, 'params'>): boolean =>
  params.all().some((p) => p.name.includes('Depth_Adapter'));

const paces = new WeakMap<Model, number>();

/** Milliseconds that the encoder takes for one slice. */
async function paceOf(desk: Desk, model: Model, a: SlabRange, context: CallContext): Promise<number> {
  const known = paces.get(model);
  if (known !== undefined) return known;
  const compiling = (done: number, total: number) =>
    context.progress({ kind: 'work', what: 'Compiling shaders', done, total });
  return desk.inTurn(model.which, async () => {
    const at = { ...a, slice: Math.floor((a.from + a.to) / 2) };
    const { input, original } = pictureAt(desk.cases.get(a.case), at, desk.base.info.imgSize);
    model.shown = null;
    const once = async () => {
      await model.predictor.setImage(input, original);
      await model.predictor.embedding();
    };
    // The first one compiles.
    await watchCompiles(desk.gpu, compiling, once);
    const began = performance.now();
    await once();
    const ms = performance.now() - began;
    paces.set(model, ms);
    return ms;
  });
}

/** Segments the range. Rejects with Cancelled when it is stopped: averages of some windows mean nothing. */
export async function segmentSlabs(desk: Desk, a: ArgsOf<'slabs'>, context: CallContext): Promise<SlabResult> {
  const model = desk.model(a.which);
  const c = desk.cases.get(a.case);
  const volume = slabVolume(c, a, desk.base.info.imgSize);
  const depth = Math.min(a.depth, volume.dims[2]);
  const tokens = tokensOf(a.prompts.values());
  const evaluator = slabEvaluator(desk.gpu, model.sam, depth, tokens);
  const scores = new Map<number, number[]>();
  const work = (what: string) => (done: number, total: number) => context.progress({ kind: 'work', what, done, total });
  const size: Size = [volume.dims[1], volume.dims[0]];
  try {
    const logits = await slideVolume(
      volume,
      { depth, overlap: OVERLAP },
      async ({ slices, frames }) => {
        if (context.signal.aborted) throw new Cancelled();
        const items = slices.map((z, d) => {
          const said = a.prompts.get(a.from + z);
          return askingRow(frames[d], size, said ? plainPrompt(said) : null, tokens);
        });
        const found = await desk.inTurn(a.which, () =>
          watchCompiles(desk.gpu, work('Compiling shaders'), () => evaluator.evaluate(items)),
        );
        for (const [d, z] of slices.entries()) scores.set(z, [...(scores.get(z) ?? []), found[d].score]);
        return { data: joined(found), side: volume.side };
      },
      work('Segmenting slabs'),
    );
    return resultOf(a, volume, logits, scores);
  } finally {
    evaluator.destroy();
  }
}

function slabEvaluator(gpu: Gpu, sam: Sam, depth: number, points: number) {
  return makeEvaluator(gpu, sam, shapeOf({ batch: 1, depth, points, maskPrompts: false }, sam.config));
}

function joined(found: readonly Evaluated[]): Float32Array {
  const plane = found[0].logits.length;
  const out = new Float32Array(found.length * plane);
  for (const [d, { logits }] of found.entries()) out.set(logits, d * plane);
  return out;
}

function resultOf(
  { from, prompts }: Pick<ArgsOf<'slabs'>, 'from' | 'prompts'>,
  { dims: [w, h, n] }: SlabVolume,
  logits: Float32Array,
  scores: ReadonlyMap<number, readonly number[]>,
): SlabResult {
  const mean = (list: readonly number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
  return Array.from({ length: n }, (_, z) => z)
    .filter((z) => prompts.has(from + z))
    .map((z) => {
      const slice = logits.subarray(z * w * h, (z + 1) * w * h);
      const mask = packMask(slice.map((v) => (v > 0 ? 1 : 0)));
      return { slice: from + z, mask, score: mean(scores.get(z) ?? [0]) };
    });
}
