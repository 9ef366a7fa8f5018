import {
  type AllocationConfig,
  allocateRanks,
  budgetAt,
  entriesOf,
  type Ledger,
  ledgerOf,
  type Triplets,
} from '../../adapters/rankAllocation';
import { grad } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import type { Params } from '../../nn/params';
import { readParams, uploadParams } from '../../nn/paramsIo';
import { abs, mul } from '../../ops/pointwise';
import { reshape, slice } from '../../ops/view';
import { freeLeaf, readLeaf } from '../../plan/leaves';
import { input } from '../../tensor/tensor';
import { batchOf, lossGraph, type Released } from './efficientMedsa';
import type { Computed, GoldenCase } from './goldenCase';
import { compileCase } from './how';

/** Layers that have a `lora_E`. */
function tripletsOf(params: Params): Triplets[] {
  return params.all().flatMap((p) => {
    if (!p.name.endsWith('.lora_E')) return [];
    const path = p.name.slice(0, -'.lora_E'.length);
    const inDim = params.get(`${path}.lora_A`).shape[1];
    return [{ path, rank: p.shape[0], inDim, outDim: params.get(`${path}.lora_B`).shape[0] }];
  });
}

/** The allocator's arguments as the case's text gives them: `RankAllocator(lora_r=4,target_rank=2,…)`. */
function allocator(c: GoldenCase, layers: number): AllocationConfig {
  const text = /RankAllocator\(([^)]*)\)/.exec(JSON.stringify(c.info.tensors ?? ''))?.[1] ?? '';
  const value = (name: string, fallback: number) =>
    Number(new RegExp(`\\b${name}\\s*=\\s*([\\d.]+)`).exec(text)?.[1] ?? fallback);
  const beta = value('beta', 0.85);
  return {
    totalSteps: value('total_step', 3000),
    initialWarmup: value('init_warmup', 500),
    finalWarmup: value('final_warmup', 1500),
    interval: value('mask_interval', 10),
    beta1: value('beta1', beta),
    beta2: value('beta2', beta),
    target: layers * value('target_rank', 8),
  };
}

/**
 * The case's run of the allocator without optimiser steps: step t takes the gradient of the loss, without the term of
 * orthogonality, on batch t mod their number. Leaves the parameters as they were.
 */
export async function budgetRun(gpu: Gpu, c: GoldenCase, r: Released): Promise<Computed> {
  const out: Computed = new Map();
  const { params } = r.sam;
  const layers = tripletsOf(params);
  const steps = c.expected.get('budget.threshold')?.data.length ?? 0;
  if (!layers.length || !steps) return out;
  const config = allocator(c, layers.length);
  const ledger = ledgerOf(layers, 'golden budget');
  const [thresholds, schedule] = [new Float32Array(steps), new Float32Array(2 * steps)];
  const all = layers.reduce((n, l) => n + l.rank, 0);
  const step = await compileCase(gpu, c, () => budgetGraph(c, r, ledger, config));
  const batches = new Set([...c.inputs.keys()].flatMap((n) => /^step\d+(?=\.)/.exec(n) ?? [])).size;
  for (let t = 1; t <= steps; t++) {
    step.run({ ...batchOf(c, t % batches), t: Float32Array.of(t) });
    const [scores, keep] = [await step.read('scores'), await step.read('keep')];
    const masked = scores.filter((_, i) => !keep[i]);
    thresholds[t - 1] = masked.length ? Math.max(...masked) : -1;
    schedule.set([t, budgetAt(t, config, all, config.target).budget], 2 * (t - 1));
    if (![...c.expected.keys()].some((n) => n.startsWith(`budget.step${t}.`))) continue;
    const names = layers.map((l) => `${l.path}.lora_E`);
    for (const [name, e] of await readParams(params, gpu, names)) out.set(`budget.step${t}.${name}`, e);
  }
  step.destroy();
  release(gpu, ledger);
  await uploadParams(params, gpu, 'trainable');
  return out.set('budget.threshold', thresholds).set('budget.schedule', schedule);
}

function budgetGraph(c: GoldenCase, r: Released, ledger: Ledger, config: AllocationConfig) {
  const { params } = r.sam;
  const names = entriesOf(ledger).map((e) => e.name);
  const grads = grad(
    lossGraph(c, r).loss,
    names.map((n) => params.tensor(n)),
  );
  const gradient = (name: string) => grads[names.indexOf(name)];
  const { scores, keep, effects } = allocateRanks(params, ledger, config, gradient, input('t', [1]));
  return { outputs: { scores, keep }, effects };
}

/**
 * Importance after the first step as upstream has it: from the updated parameters and the gradient before the update
 * (`gradient`, flat), with means that begin anew.
 */
export async function firstImportance(gpu: Gpu, c: GoldenCase, r: Released, gradient: Float32Array): Promise<Computed> {
  const out: Computed = new Map();
  const { params } = r.sam;
  const layers = tripletsOf(params);
  if (!layers.length || ![...c.expected.keys()].some((n) => n.startsWith('rank0.'))) return out;
  const ledger = ledgerOf(layers, 'golden first step');
  const { slots, total } = params.layout();
  const entries = entriesOf(ledger);
  const step = await compileCase(gpu, c, () => {
    const flat = input('gradient', [total]);
    const of = (name: string) => {
      const s = slots.find((x) => x.name === name)!;
      return reshape(slice(flat, 0, s.offset, s.length), s.shape);
    };
    const { effects } = allocateRanks(
      params,
      ledger,
      { ...allocator(c, layers.length), initialWarmup: 1 },
      of,
      input('t', [1]),
    );
    const ipt = entries.map(({ name }) => [`rank0.ipt.${name}`, abs(mul(params.tensor(name), of(name)))] as const);
    return { outputs: Object.fromEntries(ipt), effects };
  });
  step.run({ gradient, t: Float32Array.of(1) });
  for (const name of step.plan.outputs.keys()) out.set(name, await step.read(name));
  for (const [kind, leaf] of [['ipt', ledger.importance] as const, ['unc', ledger.uncertainty] as const]) {
    const values = await readLeaf(gpu, leaf);
    for (const { name, offset, length } of entries)
      out.set(`rank0.exp_avg_${kind}.${name}`, values.slice(offset, offset + length));
  }
  step.destroy();
  release(gpu, ledger);
  return out;
}

function release(gpu: Gpu, { importance, uncertainty }: Ledger): void {
  freeLeaf(gpu, importance);
  freeLeaf(gpu, uncertainty);
}
