import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSafetensors, writeSafetensors } from '../data/safetensors';
import { readF32 } from '../data/tensorFile';
import { deviceName, type Gpu } from '../gpu/device';
import { SAM_ROWS, type SamName, samConfig } from '../models/sam/config';
import { buildSam, type Sam } from '../models/sam/sam';
import { makeParams, type Params } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { bindLeaf, readLeaf } from '../plan/leaves';
import type { PlanOptions } from '../plan/plan';
import type { Leaf } from '../tensor/tensor';
import { mimeticInit } from '../train/pretrainInit';
import { type PretrainState, pretrainState } from '../train/pretrainStep';
import { pretrainLoop } from './pretrainLoop';
import type { SceneDrawer } from './sceneSource';

/** A part of the run: images of `size` pixels, `batch` of them a step. */
export interface Stage {
  readonly size: number;
  readonly steps: number;
  readonly batch: number;
}

/** What defines a run. */
export interface PretrainOptions {
  /** A row of the configurations. */
  readonly base: SamName;
  readonly patch: number;
  readonly stages: readonly Stage[];
  readonly objects: number;
  readonly lr: number;
  readonly seed: number;
  readonly out: string;
  readonly minutes: number;
  readonly weights: string | null;
  /** Who draws the scenes. */
  readonly scenes: SceneDrawer;
  /** State file of an earlier run whose image encoder this one starts from. */
  readonly from: string | null;
}

/** A run in progress. */
export interface Run {
  readonly gpu: Gpu;
  readonly plan: PlanOptions;
  readonly o: PretrainOptions;
  readonly total: number;
  stage: Stage;
  sam: Sam;
  params: Params;
  state: PretrainState;
  step: number;
  curve: Record<string, number>[];
}

/** The model of a stage. Its tables are those of the base's own image size whatever the stage's, so all stages share them. */
function modelOf(o: PretrainOptions, size: number): { sam: Sam; params: Params } {
  const params = makeParams(o.seed);
  const side = SAM_ROWS[o.base].imgSize / o.patch;
  const config = samConfig(o.base, { imgSize: size, patchSize: o.patch });
  const sam = buildSam(
    { params },
    { ...config, imageEncoder: { ...config.imageEncoder, posEmbedSide: side, relPosSide: side } },
  );
  params.train(() => true);
  mimeticInit(params);
  return { sam, params };
}

/** Runs or resumes a pretraining; resolves to the exit code. */
export async function pretrain(
  gpu: Gpu,
  o: PretrainOptions,
  finish: (r: Run) => Promise<void>,
  plan: PlanOptions = {},
): Promise<number> {
  const total = o.stages.reduce((n, s) => n + s.steps, 0);
  const { sam, params } = modelOf(o, o.stages[0].size);
  const r: Run = {
    gpu,
    plan,
    o,
    total,
    stage: o.stages[0],
    sam,
    params,
    state: pretrainState(params),
    step: 0,
    curve: [],
  };
  await uploadParams(params, gpu);
  if (o.from) await takeEncoder(r, o.from);
  bindLeaf(gpu, r.state.ema, await readLeaf(gpu, params.layout().flat!));
  await mkdir(o.out, { recursive: true });
  await resume(r);
  console.error(
    `${deviceName(gpu.caps)} · ${o.base} · ${params.counts().total} parameters · step ${r.step} of ${total}`,
  );
  const stop = { asked: false, at: performance.now() + o.minutes * 60_000 };
  process.once('SIGINT', () => {
    stop.asked = true;
  });
  let end = 0;
  for (const stage of o.stages) {
    end += stage.steps;
    if (r.step >= end) continue;
    await enter(r, stage);
    await pretrainLoop(r, end, stop, () => save(r));
  }
  await save(r);
  if (r.step < total) {
    console.error(`stopped at step ${r.step}; the same command goes on from here`);
    return 0;
  }
  await finish(r);
  return 0;
}

/** Copies the averaged image encoder out of another run's state; the rest keeps its initial values. */
async function takeEncoder(r: Run, file: string): Promise<void> {
  const saved = await openSafetensors(new Blob([await readFile(file)]), file);
  const { slots, flat, total } = r.params.layout();
  const ema = saved.entries.get('ema');
  if (ema?.shape[0] !== total)
    throw new Error(
      `pretrain: ${file} holds no run of ${r.o.base} (${ema?.shape[0] ?? 'no'} parameters, expected ${total})`,
    );
  const values = await readF32(ema);
  for (const s of slots) {
    if (s.name.startsWith('image_encoder.'))
      bindLeaf(r.gpu, flat!, values.slice(s.offset, s.offset + s.length), s.offset);
  }
}

/** Takes parameters and optimiser over into the model of `stage`: the layout is the same. */
async function enter(r: Run, stage: Stage): Promise<void> {
  const before = flats(r);
  Object.assign(r, { stage, ...modelOf(r.o, stage.size) });
  await uploadParams(r.params, r.gpu);
  r.state = pretrainState(r.params);
  for (const [i, [, leaf]] of flats(r).entries()) bindLeaf(r.gpu, leaf, await readLeaf(r.gpu, before[i][1]));
}

function flats({ params, state }: Run): [string, Leaf][] {
  return [
    ['p', params.layout().flat!],
    ['m', state.m],
    ['v', state.v],
    ['ema', state.ema],
  ];
}

async function save(r: Run): Promise<void> {
  const { gpu, o } = r;
  const tensors = [];
  for (const [name, leaf] of flats(r)) {
    tensors.push({
      name,
      dtype: 'F32',
      shape: leaf.shape,
      data: (await readLeaf(gpu, leaf)) as Float32Array<ArrayBuffer>,
    });
  }
  const meta = { step: String(r.step), options: JSON.stringify(fixed(o)), curve: JSON.stringify(r.curve) };
  await writeWhole(join(o.out, 'state.safetensors'), writeSafetensors(tensors, meta));
}

/** The options that must not change between parts of one run. Runs from before there was a choice had their scenes drawn by the CPU. */
export function fixed({ out: _o, minutes: _m, weights: _w, scenes, ...rest }: PretrainOptions): object {
  return scenes === 'cpu' ? rest : { ...rest, scenes };
}

async function resume(r: Run): Promise<void> {
  const file = join(r.o.out, 'state.safetensors');
  const bytes = await readFile(file).catch(() => null);
  if (!bytes) return;
  const saved = await openSafetensors(new Blob([bytes]), file);
  const meta = saved.meta as Record<string, string>;
  if (meta.options !== JSON.stringify(fixed(r.o))) {
    throw new Error(`pretrain: ${file} belongs to a run with other options (${meta.options}); give another --out`);
  }
  for (const [name, leaf] of flats(r)) bindLeaf(r.gpu, leaf, await readF32(saved.entries.get(name)!));
  r.step = Number(meta.step);
  r.curve = JSON.parse(meta.curve);
}

/** Written beside and renamed: a file is whole or not there. */
export async function writeWhole(file: string, blob: Blob): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, new Uint8Array(await blob.arrayBuffer()));
  await rename(`${file}.part`, file);
}
