import type { Caps } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { BYTES, numel, type Shape } from '../tensor/shape';
import { type Leaf, trace } from '../tensor/tensor';
import { type Outputs, type PlanData, type PlanOptions, planStep } from './plan';

/** Bytes of GPU memory that steps will take, known before any of it exists. */
export interface StepMemory {
  /** Objects for everything computed. */
  readonly activations: number;
  /** What is written before each run. */
  readonly inputs: number;
  /** Parameters, optimiser state and constants; what several steps share counts once. */
  readonly state: number;
  readonly total: number;
  /** The largest objects of activations, at most ten. */
  readonly largest: readonly { readonly label: string; readonly bytes: number }[];
}

/**
 * Plans the steps that `builds` trace, all of which exist at the same time, and adds up their memory; no GPU is touched.
 * Read-back buffers (some KiB) are not counted. Throws GpuError 'limit' when a step cannot run on a GPU of `caps` at all.
 */
export function planMemory(builds: readonly (() => Outputs)[], caps: Caps, options: PlanOptions = {}): StepMemory {
  const plans = builds.map((build) => planStep(trace(build), caps, options));
  const objects = plans.flatMap((p) => p.placement.objects);
  const activations = sum(objects.map((o) => buffer(o.bytes)));
  const inputs = sum(plans.flatMap((p) => p.inputs.map((t) => sizeOf(t))));
  const state = sum([...statesOf(plans)].map(sizeOf));
  const largest = objects.sort((a, b) => b.bytes - a.bytes).slice(0, 10);
  return {
    activations,
    inputs,
    state,
    total: activations + inputs + state,
    largest: largest.map(({ label, bytes }) => ({ label: label.trim(), bytes })),
  };
}

/** `12 MiB (activations 10 MiB, inputs 1 MiB, parameters and state 1 MiB)`. */
export function showMemory(m: StepMemory): string {
  return `${showBytes(m.total)} (activations ${showBytes(m.activations)}, inputs ${showBytes(m.inputs)}, parameters and state ${showBytes(m.state)})`;
}

function statesOf(plans: readonly PlanData[]): Set<Leaf> {
  return new Set(plans.flatMap((p) => p.states));
}

function sizeOf({ shape }: { readonly shape: Shape }): number {
  return buffer(numel(shape) * BYTES);
}

/** Buffers are made in steps of 16 bytes. */
function buffer(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

function sum(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0);
}
