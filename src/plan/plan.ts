import type { Caps } from '../gpu/device';
import { GpuError, showBytes } from '../gpu/errors';
import type { Target } from '../tensor/op';
import { BYTES, numel } from '../tensor/shape';
import type { Leaf, Tensor } from '../tensor/tensor';
import type { Choice, Prefer } from './choose';
import { type Dispatch, dispatches } from './dispatch';
import { type Fusion, fuse } from './fuse';
import { topological } from './graph';
import { layout } from './layout';
import { lower } from './lower';
import { type Placement, place } from './place';
import { partsOf, submitsFor } from './submits';
import { targetOf } from './target';
import { isFresh, type Tuned, tunedParts } from './tuned';

/** What a step computes: named results, and effects (in-place updates of state leaves) that run last, in order. */
export interface Outputs {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly effects?: readonly Tensor[];
}

/** Options of the passes. */
export interface PlanOptions {
  /** Forces kernel variants by op name. */
  readonly variants?: Readonly<Record<string, string>>;
  /** Prefers a variant where an op offers it: told the op's name and what the device can run of its kernels, best guess first. */
  readonly prefer?: Prefer;
  /** Shaders unpack values kept in 16 bits from words even where the device has `shader-f16`. */
  readonly half?: 'f16' | 'packed16';
  /** Switches fusion off (for tests: results must not change beyond rounding). */
  readonly fuse?: boolean;
  /** Plans as for another kind of device (tests, tuning). By default what `caps` says. */
  readonly target?: Target;
  /** Submits that one run is cut into: compositor and watchdog see shorter pieces. By default one per 0.1 TFLOP or so. */
  readonly submits?: number;
  /** What measuring found about kernel variants (see tune.ts); of another device or other shaders it is ignored. */
  readonly tuned?: Tuned;
  /** Refuses plans whose objects take more than this many bytes. */
  readonly maxBytes?: number;
}

/** Everything known before a GPU object is made: pure data. */
export interface PlanData {
  readonly list: readonly Dispatch[];
  readonly placement: Placement;
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly Tensor[];
  /** State and constants that the step touches. */
  readonly states: readonly Leaf[];
  /** Bytes of planned objects, of the inputs, and of the state and constants that the step touches. */
  readonly bytes: {
    readonly planned: number;
    readonly inputs: number;
    readonly state: number;
    readonly peakLive: number;
  };
  readonly flops: number;
  /** [start, end) of the dispatches of each submit. */
  readonly submits: readonly (readonly [number, number])[];
}

/** Runs the passes: lower → layout → fuse → choose → place. No GPU is touched. */
export function planStep(built: Outputs, caps: Caps, options: PlanOptions = {}): PlanData {
  const names = Object.keys(built.outputs);
  const effects = built.effects ?? [];
  const align = caps.limits.minStorageBufferOffsetAlignment / BYTES;
  const tuned = options.tuned && isFresh(options.tuned, caps) ? options.tuned : undefined;
  const target = { ...(tuned ? { parts: tunedParts(tuned) } : {}), ...(options.target ?? targetOf(caps)) };
  const raw = [...names.map((n) => built.outputs[n]), ...effects];
  const roots = layout(lower(raw, target), names.length, align);
  const choice: Choice = {
    caps,
    target,
    variants: options.variants,
    half: options.half,
    tuned,
    prefer: options.prefer,
  };
  const fusion = fuse(roots, Math.min(caps.limits.maxStorageBuffersPerShaderStage, 8), align, options.fuse ?? true);
  const list = effectsLast(dispatches(fusion, choice), roots.slice(names.length));
  const outputs = new Map(names.map((n, i) => [n, fusion.source(roots[i]).base]));
  const placement = place(list, fusion, [...outputs.values()]);
  const leaves = topological(roots).filter((t) => t.leaf);
  const sum = (ts: readonly Tensor[]) => ts.reduce((n, t) => n + numel(t.shape) * BYTES, 0);
  const inputs = leaves.filter((t) => t.leaf!.kind === 'input');
  const planned = placement.objects.reduce((n, o) => n + o.bytes, 0);
  const data: PlanData = {
    list,
    placement,
    outputs,
    inputs,
    states: leaves.flatMap((t) => (t.leaf!.kind === 'input' ? [] : [t.leaf!])),
    bytes: {
      planned,
      inputs: sum(inputs),
      state: sum(leaves.filter((t) => t.leaf!.kind !== 'input')),
      peakLive: placement.peakLive,
    },
    flops: list.reduce((n, d) => n + d.flops, 0),
    submits: partsOf(list, options.submits ?? submitsFor(list)),
  };
  checkLimits(data, caps, fusion, options);
  return data;
}

/** In-place updates must see no later reader: they go to the end of the list, in the order given. */
function effectsLast(list: readonly Dispatch[], effects: readonly Tensor[]): Dispatch[] {
  const isEffect = (d: Dispatch) => d.result.op.writes !== undefined;
  const rank = (d: Dispatch) => effects.indexOf(d.result);
  return [...list.filter((d) => !isEffect(d)), ...list.filter(isEffect).sort((a, b) => rank(a) - rank(b))];
}

function checkLimits(data: PlanData, caps: Caps, _fusion: Fusion, options: PlanOptions): void {
  const limit = Math.min(caps.limits.maxBufferSize, caps.limits.maxStorageBufferBindingSize);
  const large = [...data.placement.objects].sort((a, b) => b.bytes - a.bytes);
  const ten = large.slice(0, 10).map((o) => `  ${showBytes(o.bytes).padStart(10)}  ${o.label}`);
  if (large.length && large[0].bytes > limit) {
    throw new GpuError(
      'limit',
      `${large[0].label} needs one buffer of ${showBytes(large[0].bytes)}, but this GPU allows ${showBytes(limit)} (maxStorageBufferBindingSize). Lower the batch, the slab or the image size.\nLargest objects:\n${ten.join('\n')}`,
    );
  }
  if (options.maxBytes && data.bytes.planned > options.maxBytes) {
    throw new GpuError(
      'memory',
      `the step needs ${showBytes(data.bytes.planned)} for activations, more than the ${showBytes(options.maxBytes)} allowed. Lower the batch, the slab or the image size.\nLargest objects:\n${ten.join('\n')}`,
    );
  }
  const most = caps.limits.maxComputeWorkgroupsPerDimension;
  for (const d of data.list) {
    if (d.kernel.grid.some((g) => g > most)) {
      throw new GpuError(
        'limit',
        `${d.op} at ${d.result.path}: grid ${d.kernel.grid.join('×')} exceeds ${most} workgroups per dimension; lower the batch`,
      );
    }
  }
}
