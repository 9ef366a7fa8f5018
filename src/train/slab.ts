import type { Caps } from '../gpu/device';
import { GpuError, showBytes } from '../gpu/errors';
import { planMemory, type StepMemory, showMemory } from '../plan/memory';
import type { Outputs, PlanOptions } from '../plan/plan';

/**
 * How many slices of a volume fit into memory at once, answered by planning alone: nothing is allocated. Cutting volumes
 * into slabs and putting predictions together is the data room's business.
 */

/** What is asked. */
export interface SlabQuestion {
  /** The steps that will exist at once with slabs of `depth` slices: training and evaluation, say. Traced for each depth tried. */
  readonly steps: (depth: number) => readonly (() => Outputs)[];
  readonly caps: Caps;
  /** Bytes that parameters, inputs and activations may take together. */
  readonly budget: number;
  /** Depth that would be enough: the slices of the deepest volume. */
  readonly most: number;
  readonly plan?: PlanOptions;
}

/** The answer: slices of a slab, and what they take. */
export interface Slab {
  readonly depth: number;
  readonly memory: StepMemory;
}

/**
 * The largest slab of at most `most` slices that fits the budget and the GPU's limits. Throws GpuError 'memory' (or
 * 'limit') when not even one slice does, with what it takes and what to lower.
 */
export function largestSlab(q: SlabQuestion): Slab {
  if (!Number.isInteger(q.most) || q.most < 1) throw new Error(`slab: expected at least 1 slice, got ${q.most}`);
  let low = tryDepth(q, 1);
  if ('why' in low) throw new GpuError(low.kind, `not even one slice fits. ${low.why}`);
  let high = q.most + 1;
  let next = q.most;
  while (high - low.depth > 1) {
    const tried = tryDepth(q, next);
    if ('why' in tried) high = next;
    else low = tried;
    // Memory grows almost in proportion to the slices; where it does not, halving finds the edge.
    const guess = Math.floor((low.depth * (q.budget - low.memory.state)) / (low.memory.total - low.memory.state));
    const middle = Math.floor((low.depth + high) / 2);
    next = Math.min(high - 1, Math.max(low.depth + 1, tried === low ? guess : Math.min(guess, middle)));
  }
  return low;
}

/**
 * What slabs of exactly `depth` slices take. Throws GpuError when they do not fit, with the largest depth that does.
 */
export function checkSlab(q: SlabQuestion, depth: number): Slab {
  const wanted = tryDepth(q, depth);
  if (!('why' in wanted)) return wanted;
  const fits = largestSlab({ ...q, most: Math.max(1, depth - 1) }).depth;
  throw new GpuError(wanted.kind, `${wanted.why}\nSlabs of up to ${fits} slices fit: set the depth to that.`);
}

/**
 * For steps that turned out too large: `e` with the largest depth below `depth` that fits added to its message. Anything but
 * GpuError 'limit' or 'memory' is given back as it is.
 */
export function withFittingDepth(e: unknown, q: Omit<SlabQuestion, 'most' | 'budget'>, depth: number): unknown {
  if (!(e instanceof GpuError) || (e.kind !== 'limit' && e.kind !== 'memory') || depth < 2) return e;
  try {
    const fits = largestSlab({ ...q, budget: Number.POSITIVE_INFINITY, most: depth - 1 }).depth;
    return new GpuError(e.kind, `${e.message}\nSlabs have ${depth} slices; up to ${fits} would fit.`);
  } catch {
    // Not even one: the first message says what to lower.
    return e;
  }
}

/** Why a depth is too large. */
interface TooLarge {
  readonly kind: GpuError['kind'];
  readonly why: string;
}

function tryDepth({ steps, caps, budget, plan }: SlabQuestion, depth: number): Slab | TooLarge {
  const slab = depth === 1 ? 'A slab of 1 slice' : `A slab of ${depth} slices`;
  try {
    const memory = planMemory(steps(depth), caps, plan);
    if (memory.total <= budget) return { depth, memory };
    const large = memory.largest.map((o) => `  ${showBytes(o.bytes).padStart(10)}  ${o.label}`).join('\n');
    const remedy = 'Lower the batch or the image size, take a smaller base, or allow more memory.';
    const why = `${slab} takes ${showMemory(memory)}, more than the ${showBytes(budget)} allowed. ${remedy}\nLargest objects:\n${large}`;
    return { kind: 'memory', why };
  } catch (e) {
    if (e instanceof GpuError && (e.kind === 'limit' || e.kind === 'memory')) {
      return { kind: e.kind, why: `${slab}: ${e.message}` };
    }
    throw e;
  }
}
