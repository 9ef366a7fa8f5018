import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { compile } from '../../plan/compile';
import type { PlanOptions } from '../../plan/plan';
import { constant, type Tensor } from '../../tensor/tensor';
import { type Check, makeCheck, maxError, type Stats } from './check';
import type { GoldenArray } from './files';
import { OPTIMISERS, runOptimiser } from './torchOpsOptim';
import { type OpAttrs, TORCH_OPS } from './torchOpsTable';

/**
 * The generic runner of single-op references: every entry of `ops` in case.json is built from its `op` name and its
 * `attrs`, never from its id, so that other sizes and options of the same ops run as well.
 */
export interface TorchOp {
  readonly id: string;
  readonly op: string;
  readonly attrs: OpAttrs;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Inputs whose gradient is expected. */
  readonly grads: readonly string[];
}

/** A tensor of the case by name (`in.ID.x`, `ID.out.y`); null where there is none. */
export type Lookup = (name: string) => GoldenArray | null;

/** What came out. `unknown` lists ops without a row, or whose attributes a row refuses, with the reason: never a pass. */
export interface TorchOpsResult {
  readonly checks: readonly Check[];
  readonly computed: ReadonlyMap<string, Float32Array>;
  readonly unknown: readonly { readonly id: string; readonly op: string; readonly reason: string }[];
}

/** Ops compiled and run together: few enough to name a culprit, many enough that pipelines compile side by side. */
const CHUNK = 16;

interface Built {
  readonly op: TorchOp;
  /** Results by the names of the case. */
  readonly results: Readonly<Record<string, Tensor>>;
}

/**
 * Runs all `ops`, forward and gradients, and compares with the tensors of the case at `stats[name].suggested_atol`.
 * `options` go to the plan (a test may force kernel variants).
 */
export async function runTorchOps(
  gpu: Gpu,
  ops: readonly TorchOp[],
  tensors: Lookup,
  stats: Stats,
  options: PlanOptions = {},
): Promise<TorchOpsResult> {
  const computed = new Map<string, Float32Array>();
  const unknown: { id: string; op: string; reason: string }[] = [];
  const built: Built[] = [];
  for (const op of ops) {
    try {
      if (op.op in OPTIMISERS) await runOptimiser(gpu, op, tensors, computed);
      else built.push(buildOp(op, tensors));
    } catch (e) {
      unknown.push({ id: op.id, op: op.op, reason: e instanceof Error ? e.message : String(e) });
    }
  }
  for (let i = 0; i < built.length; i += CHUNK) await runChunk(gpu, built.slice(i, i + CHUNK), computed, options);
  const skipped = new Set(unknown.map((u) => u.id));
  const checks = ops.filter((op) => !skipped.has(op.id)).flatMap((op) => checkOp(op, tensors, computed, stats));
  return { checks, computed, unknown };
}

function buildOp(op: TorchOp, tensors: Lookup): Built {
  const row = Object.hasOwn(TORCH_OPS, op.op) ? TORCH_OPS[op.op] : undefined;
  if (!row) throw new Error(`no row for the op ${op.op}`);
  const ins = Object.fromEntries(op.inputs.map((name) => [name, inputOf(tensors, `in.${op.id}.${name}`)]));
  const made = row(ins, op.attrs);
  const outs: Record<string, Tensor> =
    'op' in made && 'inputs' in made ? { [op.outputs[0]]: made as Tensor } : (made as Record<string, Tensor>);
  const results: Record<string, Tensor> = {};
  for (const name of op.outputs) {
    if (!outs[name]) throw new Error(`the row of ${op.op} gives no output ${name}`);
    results[`${op.id}.out.${name}`] = outs[name];
  }
  const seeded = op.outputs.filter((name) => tensors(`in.${op.id}.grad_out.${name}`));
  const seeds = seeded.map((name) => inputOf(tensors, `in.${op.id}.grad_out.${name}`));
  const wrt = op.grads.map((name) => ins[name]);
  if (!wrt.length) return { op, results };
  const outputs = seeded.map((name) => outs[name]);
  for (const [i, g] of gradAll(outputs, wrt, seeds).entries()) results[`${op.id}.grad.${op.grads[i]}`] = g;
  return { op, results };
}

function inputOf(tensors: Lookup, name: string): Tensor {
  const t = tensors(name);
  if (!t) throw new Error(`the case has no tensor ${name}`);
  return constant(t.dtype === 'F32' ? t.data : Uint32Array.from(t.data), t.shape, name);
}

async function runChunk(
  gpu: Gpu,
  chunk: readonly Built[],
  computed: Map<string, Float32Array>,
  options: PlanOptions,
): Promise<void> {
  try {
    const step = await compile(gpu, () => ({ outputs: Object.assign({}, ...chunk.map((b) => b.results)) }), options);
    try {
      step.run();
      for (const [name, t] of step.plan.outputs) {
        const data = await step.read(name);
        // Integer results are compared as numbers.
        computed.set(name, t.dtype === 'u32' ? Float32Array.from(new Uint32Array(data.buffer, 0, data.length)) : data);
      }
    } finally {
      step.destroy();
    }
  } catch (e) {
    if (chunk.length > 1) for (const b of chunk) await runChunk(gpu, [b], computed, options);
    else throw new Error(`${chunk[0].op.id}: ${e instanceof Error ? e.message : String(e)}`, { cause: e });
  }
}

function checkOp(op: TorchOp, tensors: Lookup, computed: ReadonlyMap<string, Float32Array>, stats: Stats): Check[] {
  const names = [...op.outputs.map((n) => `${op.id}.out.${n}`), ...op.grads.map((n) => `${op.id}.grad.${n}`)];
  return names.map((name) => {
    const want = tensors(name);
    const got = computed.get(name);
    const tolerance = want?.dtype === 'F32' ? (stats[name]?.suggested_atol ?? 0) : 0;
    return makeCheck(name, want && got ? maxError(got, want.data) : Number.POSITIVE_INFINITY, tolerance);
  });
}
