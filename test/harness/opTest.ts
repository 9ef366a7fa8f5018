// One declaration of samples and a float64 reference; the tests of an op follow from it: forward, gradient against
// central differences of the reference, every kernel variant, unfused, every need mask, memory filled with NaN
// beforehand, bit-equal replays, error messages.
import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { compile } from '../../src/plan/compile';
import { topological } from '../../src/plan/graph';
import { lower } from '../../src/plan/lower';
import type { PlanOptions } from '../../src/plan/plan';
import { numel, type Shape } from '../../src/tensor/shape';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { identityView } from '../../src/tensor/view';
import { type Array64, noise } from './array64';

/** One input of a sample: values given, or noise in [low, high). */
export interface Given {
  readonly shape: Shape;
  readonly values?: readonly number[];
  readonly range?: readonly [number, number];
  /** Not differentiated. */
  readonly fixed?: boolean;
}

/** A sample: shapes and the options that `build` and `ref` get. */
export interface OpCase<O> {
  readonly label: string;
  readonly inputs: readonly Given[];
  readonly options: O;
}

/** What an op's author writes. Tolerances are relative to the largest value of the reference. */
export interface OpSpec<O> {
  readonly build: (ins: Tensor[], options: O) => Tensor;
  readonly ref: (ins: Array64[], options: O) => Array64;
  readonly cases: readonly OpCase<O>[];
  readonly tol?: number;
  readonly gradTol?: number;
  /** False for ops without a gradient. */
  readonly grad?: boolean;
  /**
   * Use the tiled matrix products. They take half a second each to compile on the software adapter, and only their own
   * tests are about them; everywhere else products are the naive ones.
   */
  readonly tiles?: boolean;
  /** What must be refused, and words of the message. */
  readonly errors?: readonly (readonly [string, () => unknown, RegExp])[];
}

const gpu: Gpu = await openGpu();

/** The device of this test file. */
export const testGpu = (): Gpu => gpu;

/** Registers the tests that follow from `spec`. */
export function opTest<O>(name: string, spec: OpSpec<O>): void {
  for (const [i, c] of spec.cases.entries()) {
    test(`${name}: ${c.label}`, async () => {
      await checkCase(name, spec, c, i === 0);
    });
  }
  for (const [label, make, message] of spec.errors ?? []) {
    test(`${name} refuses ${label}`, () => {
      expect(make).toThrow(message);
    });
  }
}

interface Sample {
  readonly ins: Tensor[];
  readonly y: Tensor;
  readonly seed: Tensor;
  /** Positions of the inputs that are differentiated. */
  readonly wrt: readonly number[];
  readonly want: Array64;
  readonly wantGrads: readonly Sampled[];
}

async function checkCase<O>(name: string, spec: OpSpec<O>, c: OpCase<O>, thorough: boolean): Promise<void> {
  const s = sample(spec, c);
  expect(s.y.shape, `${name} ${c.label}: shape`).toEqual([...s.want.shape]);
  const all = [
    s.y,
    ...gradAll(
      [s.y],
      s.wrt.map((i) => s.ins[i]),
      [s.seed],
    ),
  ];
  const check = (got: readonly Float32Array[], how: string) => compareAll(spec, s, got, `${name} ${c.label}, ${how}`);
  const base: Record<string, string> = spec.tiles ? {} : { matmul: 'naive' };
  check(await twice(all, { variants: base }), 'default kernels');
  for (const other of otherVariants(all, base))
    check(await once(all, { variants: { ...base, ...other } }), JSON.stringify(other));
  if (!thorough) return;
  check(await once(all, { fuse: false, variants: base }), 'unfused');
  for (const [k, i] of s.wrt.entries()) {
    if (s.wrt.length < 2) break;
    const [g] = await once(gradAll([s.y], [s.ins[i]], [s.seed]), { variants: base });
    compareSampled(g, s.wantGrads[k], spec.gradTol ?? 1e-5, `${name} ${c.label}: gradient of input ${i} alone`);
  }
}

function sample<O>(spec: OpSpec<O>, c: OpCase<O>): Sample {
  const values = c.inputs.map((g, i) =>
    Float32Array.from(g.values ?? noise(numel(g.shape), 7 * i + 1, ...(g.range ?? []))),
  );
  const ins = values.map((v, i) => constant(v, c.inputs[i].shape, `given ${i}`));
  const arrays = values.map((v, i): Array64 => ({ shape: c.inputs[i].shape, data: Float64Array.from(v) }));
  const y = spec.build(ins, c.options);
  const want = spec.ref(arrays, c.options);
  const cotangent = noise(numel(want.shape), 99);
  const wrt = spec.grad === false ? [] : c.inputs.flatMap((g, i) => (g.fixed ? [] : [i]));
  const loss = () => spec.ref(arrays, c.options).data.reduce((sum, v, i) => sum + v * cotangent[i], 0);
  const wantGrads = wrt.map((i) => differences(arrays[i], loss));
  return { ins, y, seed: constant(cotangent, want.shape, 'cotangent'), wrt, want, wantGrads };
}

/** A gradient at some elements. */
interface Sampled {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** Most elements of one input whose gradient is checked. */
const MOST = 40;

/** Central differences of `loss` in elements of `x`, spread over it. */
function differences(x: Array64, loss: () => number): Sampled {
  const n = x.data.length;
  const at =
    n <= MOST ? [...x.data.keys()] : Array.from({ length: MOST }, (_, k) => Math.floor(((k + 0.37) * n) / MOST));
  const h = 1e-4;
  const values = at.map((i) => {
    const kept = x.data[i];
    x.data[i] = kept + h;
    const up = loss();
    x.data[i] = kept - h;
    const down = loss();
    x.data[i] = kept;
    return (up - down) / (2 * h);
  });
  return { at, values };
}

async function once(ts: readonly Tensor[], options: PlanOptions): Promise<Float32Array[]> {
  const step = await compile(gpu, () => ({ outputs: Object.fromEntries(ts.map((t, i) => [`${i}`, t])) }), options);
  try {
    poison(step);
    step.run();
    return await Promise.all(ts.map((_, i) => step.read(`${i}`)));
  } finally {
    step.destroy();
  }
}

/** Runs the same step twice, its memory full of NaN before each, and asks for equal bits. */
async function twice(ts: readonly Tensor[], options: PlanOptions): Promise<Float32Array[]> {
  const step = await compile(gpu, () => ({ outputs: Object.fromEntries(ts.map((t, i) => [`${i}`, t])) }), options);
  try {
    const runs: Float32Array[][] = [];
    for (let k = 0; k < 2; k++) {
      poison(step);
      step.run();
      runs.push(await Promise.all(ts.map((_, i) => step.read(`${i}`))));
    }
    for (const [i, first] of runs[0].entries()) expect(bits(runs[1][i]), `replay of result ${i}`).toEqual(bits(first));
    return runs[0];
  } finally {
    step.destroy();
  }
}

function bits(x: Float32Array): Uint32Array {
  return new Uint32Array(x.buffer, x.byteOffset, x.length);
}

/** Fills everything that the step computes into with NaN, so that nothing can rest on memory being zero. */
function poison(step: object): void {
  for (const b of (step as { readonly objects: readonly GPUBuffer[] }).objects) {
    // What kernels read as their extents is no memory that a run computes; as NaN a loop over it would never end.
    if (b.usage & GPUBufferUsage.UNIFORM) continue;
    gpu.device.queue.writeBuffer(b, 0, new Float32Array(b.size / 4).fill(Number.NaN));
  }
}

/** Settings that force every variant that is not the default: all the naive ones together, others one by one. Ops in `base` keep theirs. */
function otherVariants(ts: readonly Tensor[], base: Record<string, string>): Record<string, string>[] {
  const offered = new Map<string, string[]>();
  for (const t of topological(lower(ts))) {
    const ins = t.inputs.map((i) => ({ shape: i.shape, dtype: i.dtype, view: identityView(i.shape) }));
    const kernels = t.op.kernels?.({ ins, out: t, attrs: t.attrs });
    const usable = kernels?.filter((k) => (k.needs ?? []).every((f) => gpu.caps.features.includes(f)));
    const names = usable?.map((k) => k.variant);
    if (names) offered.set(t.op.name, offered.get(t.op.name)?.filter((n) => names.includes(n)) ?? names);
  }
  const several = [...offered].filter(([op, names]) => names.length > 1 && !(op in base));
  const naive = several.map(([op, names]): [string, string] => [op, names[names.length - 1]]);
  const between = several.flatMap(([op, names]) => names.slice(1, -1).map((v) => ({ [op]: v })));
  return [...(naive.length ? [Object.fromEntries(naive)] : []), ...between];
}

function compareAll<O>(spec: OpSpec<O>, s: Sample, got: readonly Float32Array[], what: string): void {
  const every = { at: [...s.want.data.keys()], values: [...s.want.data] };
  compareSampled(got[0], every, spec.tol ?? 2e-6, `${what}: value`);
  s.wrt.forEach((i, k) => {
    compareSampled(got[k + 1], s.wantGrads[k], spec.gradTol ?? 1e-5, `${what}: gradient of input ${i}`);
  });
}

/** Largest error relative to the largest wanted value; NaN anywhere fails. */
function compareSampled(got: Float32Array, want: Sampled, tol: number, what: string): void {
  expect(got.findIndex(Number.isNaN), `${what}: position of a NaN`).toBe(-1);
  const size = Math.max(...want.values.map(Math.abs), 1e-3);
  let worst = 0;
  let where = -1;
  want.at.forEach((i, k) => {
    const error = Math.abs(got[i] - want.values[k]) / size;
    if (!(error <= worst)) [worst, where] = [error, k];
  });
  const detail = where < 0 ? '' : `element ${want.at[where]}: got ${got[want.at[where]]}, wanted ${want.values[where]}`;
  expect(worst, `${what}: relative error, ${detail}`).toBeLessThanOrEqual(tol);
}
