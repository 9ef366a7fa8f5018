import { type Caps, fingerprint, type Gpu } from '../gpu/device';
import { shaderHash } from '../gpu/shaders';
import type { Kernel, Operand } from '../tensor/op';
import type { Tensor } from '../tensor/tensor';
import { isContiguous, rowsOfVec4 } from '../tensor/view';

/** Which kernel variants measuring found best on a device, and how a plan asks for them. Pure data; nothing is measured here. */

/** What is asked when a node's kernel is chosen: the same text on any day for the same op, shapes, layouts and attributes. */
export interface Question {
  readonly key: string;
  readonly op: string;
  /** Extents of the result and of the operands. */
  readonly dims: readonly number[];
  /** What a kernel's speed depends on beyond extents: storage types, unit strides, whole vectors. */
  readonly layout: string;
  /** Variants that this device can run, the op's best guess first. */
  readonly variants: readonly string[];
}

/** What was seen of one variant. */
export interface Timing {
  readonly variant: string;
  /** Least mean time of a dispatch over the rounds; null when it was not timed. */
  readonly us: number | null;
  /** Largest deviation from the plain kernel, relative to its largest value; null when unknown. */
  readonly error: number | null;
  /** Why it may not be used, or was not tried. */
  readonly refused?: string;
}

/** One answer with its evidence. */
export interface Answer extends Omit<Question, 'key' | 'variants'> {
  readonly winner: string;
  /** What the op would have taken. */
  readonly guess: string;
  readonly timings: readonly Timing[];
  /** Tolerated deviation. */
  readonly tolerance: number;
  /** When it was measured, ISO 8601. */
  readonly date: string;
}

/** Answers by key, with whose they are. */
export interface Tuned {
  /** Fingerprint of the device, and its name for people. */
  readonly device: string;
  readonly name: string;
  /** Of the shaders that were measured. */
  readonly shaders: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

/** Octaves by which all extents together may differ from the measured ones for times to be comparable. */
const NEAR = 8;
/** By how much another variant must be faster near by, and another kind of variant anywhere, to overrule the op's guess. */
const MARGIN = 1.05;
const FAMILY_MARGIN = 1.3;

/** The question that choosing among `kernels` (those the device can run) for `node` is; null where there is nothing to choose. */
export function questionOf(node: Tensor, ins: readonly Operand[], kernels: readonly Kernel[]): Question | null {
  if (kernels.length < 2 || node.op.writes) return null;
  const operands = ins.map((o) => `${o.dtype}[${o.shape}]:${strides(o)}`);
  return {
    key: `${node.op.name} ${operands.join(' ')} → ${node.dtype}[${node.shape}] ${JSON.stringify(node.attrs)}`,
    op: node.op.name,
    dims: [...node.shape, ...ins.flatMap((o) => o.shape)],
    layout: ins.map(layoutOf).join(' '),
    variants: kernels.map((k) => k.variant),
  };
}

function strides({ view }: Operand): string {
  const mask = view.mask ? ` in ${view.mask.map((m) => m.join('–')).join()}` : '';
  const steps = view.strides.map((s, i) => (view.shape[i] === 1 ? 0 : s));
  return `${isContiguous(view) ? '' : steps.join()}+${view.offset}${mask}`;
}

function layoutOf({ dtype, view }: Operand): string {
  const unit = view.strides.map((s, i) => (s === 1 && view.shape[i] > 1 ? i - view.shape.length : '')).join('');
  return `${dtype}${unit}${rowsOfVec4(view) ? 'v' : ''}${view.mask ? 'm' : ''}`;
}

/**
 * The variant that measurements speak for; null where they say nothing against the op's guess. Measured itself: the winner.
 * Else, of the same op, the measurement nearest in extents: its winner if it beat the present guess there; and where even the
 * kind of kernel was guessed wrong there, the first of the kind that won.
 */
export function tunedVariant(q: Question, tuned: Tuned): string | null {
  const own = Object.hasOwn(tuned.answers, q.key) ? tuned.answers[q.key] : null;
  if (own) return q.variants.includes(own.winner) ? own.winner : null;
  const same = Object.values(tuned.answers).filter((a) => a.op === q.op && a.dims.length === q.dims.length);
  const near = nearest(
    q,
    same.filter((a) => a.layout === q.layout),
  );
  if (near && distance(q.dims, near.dims) <= NEAR) {
    const [won, guessed] = [timeOf(near, near.winner), timeOf(near, q.variants[0])];
    return q.variants.includes(near.winner) && won * MARGIN < guessed && guessed < Infinity ? near.winner : null;
  }
  const far = near ?? nearest(q, same);
  return far && otherFamily(q, far);
}

/** What `tuned` says of cutting sums in parts: the winner of the question of that very name. */
export function tunedParts(tuned: Tuned): (question: string) => number | null {
  return (question) => (Object.hasOwn(tuned.answers, question) ? Number(tuned.answers[question].winner) || null : null);
}

/** Overrules a guess of the kind that was guessed at the measured place, too, and lost there. */
function otherFamily(q: Question, a: Answer): string | null {
  const [guess, mine, better] = [a.guess, q.variants[0], a.winner].map(familyOf);
  if (guess !== mine || better === mine) return null;
  const best = Math.min(...a.timings.filter((t) => familyOf(t.variant) === mine).map((t) => timeOf(a, t.variant)));
  if (!(best < Infinity) || timeOf(a, a.winner) * FAMILY_MARGIN > best) return null;
  return q.variants.find((v) => familyOf(v) === better) ?? null;
}

/** `wg64x64k16` and `wg32x32k16r4` are of one kind, `tile8` of another. */
export function familyOf(variant: string): string {
  return variant.match(/^[a-z]+/i)?.[0] ?? variant;
}

/** Time of a variant that may be used; else Infinity. */
function timeOf(a: Answer, variant: string): number {
  const t = a.timings.find((x) => x.variant === variant);
  return t && t.us !== null && !t.refused ? t.us : Infinity;
}

function nearest(q: Question, answers: readonly Answer[]): Answer | null {
  let best: Answer | null = null;
  for (const a of answers) if (!best || distance(q.dims, a.dims) < distance(q.dims, best.dims)) best = a;
  return best;
}

/** Sum over the extents of how many octaves they are apart. */
function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + Math.abs(Math.log2(x / b[i])), 0);
}

/** No answers yet, for the device with `caps` and the present shaders. */
export function emptyTuned(caps: Caps, name: string): Tuned {
  return { device: fingerprint(caps), name, shaders: shaderHash(), answers: {} };
}

/** Whether measurements are of this device and of the present shaders; others must not be used. */
export function isFresh(tuned: Tuned, caps: Caps): boolean {
  return tuned.device === fingerprint(caps) && tuned.shaders === shaderHash();
}

const ofDevice = new WeakMap<Gpu, Tuned>();

/** What was measured on a device is a property of it: all plans compiled from now on use it unless they are told otherwise. */
export function setTuned(gpu: Gpu, tuned: Tuned): void {
  ofDevice.set(gpu, tuned);
}

/** What `setTuned` was told last of this device. */
export function tunedOf(gpu: Gpu): Tuned | undefined {
  return ofDevice.get(gpu);
}
