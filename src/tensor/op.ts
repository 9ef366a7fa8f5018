import type { DType, Shape } from './shape';
import type { Tensor } from './tensor';
import type { Chain, View } from './view';

/**
 * What an op is: how its result's shape follows from its inputs, its gradient as more graph, and the kernels that
 * can compute it. Declarations only; nothing here touches a GPU (the plan turns `Kernel`s into pipelines).
 */

/** JSON-like constants of a node; part of its identity. */
export type Attr = number | string | boolean | null | readonly Attr[] | { readonly [key: string]: Attr };
export type Attrs = { readonly [key: string]: Attr };

/** Shape and storage type of a result. */
export interface Meta {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One way to compute a node: a file under `shaders/`, specialised by overwriting named declarations. */
export interface Kernel {
  /** Name of the variant, e.g. `tile8` or `naive`. */
  readonly variant: string;
  /** Path under `shaders/`. */
  readonly file: string;
  /** New values for `const NAME: T = …;`. */
  readonly consts?: Readonly<Record<string, number>>;
  /** New texts for functions marked `//#hook`; may bring helper functions along. */
  readonly hooks?: Readonly<Record<string, string>>;
  /** Names for `//#if NAME`. */
  readonly flags?: readonly string[];
  /** Workgroups in x, y, z. */
  readonly grid: readonly [number, number, number];
  /** The hook `value(i)` gives four neighbours, i a multiple of four: offered only where the views of input 0 allow it. */
  readonly four?: boolean;
  /**
   * Numbers that the shader reads when it runs, from a binding `params: array<vec4u, …>` (uniform, the last of its own):
   * products of all shapes then share one pipeline. Negative numbers wrap.
   */
  readonly params?: readonly number[];
  /** GPU features without which the variant is not offered. */
  readonly needs?: readonly string[];
}

/** What an op may know of the device when it orders its kernels; it must be right on any. */
export interface Target {
  /** A CPU that plays GPU: workgroup memory and barriers cost there what they save elsewhere. */
  readonly software: boolean;
  /** What measuring says of cutting a sum in parts, by the name of the question; null or absent where it says nothing. */
  readonly parts?: (question: string) => number | null;
}

/** What a kernel declaration is told about one of its inputs. */
export interface Operand extends Meta {
  /** How to read it. A single contiguous view unless the op lists the input under `strided`. */
  readonly view: View;
}

/** Question to an op: give the kernels for these operands, best guess first, `naive` last. */
export interface KernelQuery<A extends Attrs> {
  readonly ins: readonly Operand[];
  readonly out: Meta;
  readonly attrs: A;
  /** Absent: order as for a software adapter. */
  readonly target?: Target;
}

/** Question to an op's gradient. `need[i]` says whether anybody wants the gradient of input i. */
export interface VjpQuery<A extends Attrs> {
  readonly ins: readonly Tensor[];
  readonly out: Tensor;
  /** Gradient of the loss with respect to `out`; same shape. */
  readonly dy: Tensor;
  readonly attrs: A;
  readonly need: readonly boolean[];
}

/** The declaration of an op. Bindings of its kernels are the inputs in order, then the output. */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  infer(ins: readonly Tensor[], attrs: A, where: string): Meta;
  /** Gradients of the inputs; null where none exists or none is needed. Absent: not differentiable. */
  vjp?(q: VjpQuery<A>): readonly (Tensor | null)[];
  kernels?(q: KernelQuery<A>): readonly Kernel[];
  /** View ops: the result is the input seen through another chain; no dispatch. */
  view?(chain: Chain, attrs: A): Chain;
  /**
   * Ops that are a fixed composition for the plan (the gradient is taken before): the replacement graph; null keeps the node.
   * `alone(i)` says whether nothing else in the whole graph reads input i.
   */
  lower?(ins: readonly Tensor[], attrs: A, target?: Target, alone?: (i: number) => boolean): Tensor | null;
  /** Pointwise ops: WGSL of the value from the texts of the operands' values. */
  expr?(args: readonly string[], attrs: A): string;
  /** Files under `shaders/` that `expr` calls into. */
  readonly includes?: readonly string[];
  /** Inputs that the kernels can read through one unmasked strided view. */
  readonly strided?: readonly number[];
  /** Kernels offer the hook `epilogue(v, i)`: following pointwise ops are computed before the value is stored. */
  readonly epilogue?: boolean;
  /** Kernels read input 0 through the hook `value(i)`: preceding pointwise ops are computed while it is read. */
  readonly prologue?: boolean;
  /** Results whose last digits count (statistics, log Σ exp): copies for the backward stay in 32 bits. */
  readonly exact?: boolean;
  /** Computed as soon as its input is there, whoever asks for it and when: a smaller copy that lets the input go. */
  readonly eager?: boolean;
  /** Effects: the inputs (leaves) that the kernel overwrites; the op then has no output binding of its own. */
  readonly writes?: readonly number[];
  /** Floating-point operations, for explain(). */
  flops?(ins: readonly Meta[], out: Meta, attrs: A): number;
}

/** Checks nothing, types everything: the one way to write an op. */
export function defineOp<A extends Attrs>(op: Op<A>): Op<A> {
  return op;
}

/** Workgroups for `n` threads in groups of `size`, folded into y beyond the limit of 65535 per dimension. */
export function linearGrid(n: number, size = 64): [number, number, number] {
  const groups = Math.max(1, Math.ceil(n / size));
  if (groups <= 65535) return [groups, 1, 1];
  const y = Math.ceil(groups / 65535);
  return [Math.ceil(groups / y), y, 1];
}
