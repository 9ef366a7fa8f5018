import type { Attrs, Op } from './op';
import { checkShape, type DType, numel, type Shape } from './shape';

/**
 * Tensors are values in a graph: immutable descriptions of how a value is computed. They hold no data and need no
 * disposal. Inside `trace` equal nodes are one node (interning = common subexpression elimination).
 */

/** Arrays that can fill a tensor. */
export type HostArray = Float32Array | Uint32Array | Int32Array;

/** Where a leaf's value comes from. The plan finds or makes its buffer; the object's identity is the leaf's. */
export interface Leaf {
  /** `input`: written before each run. `state`: lives in a buffer someone owns. `constant`: `data` never changes. */
  readonly kind: 'input' | 'state' | 'constant';
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data?: HostArray;
}

/** A node of the graph and the value it stands for. */
export interface Tensor {
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Module path at creation, for labels and messages. */
  readonly path: string;
  readonly leaf: Leaf | null;
  /** Number of the segment (see `segment`) it was made in; 0 outside any. */
  readonly segment: number;
  /** Made within `kept16`: what the backward needs of it is kept in 16 bits. */
  readonly half: boolean;
}

const leafOp: Op = { name: 'leaf', infer: () => ({ shape: [], dtype: 'f32' }) };

let nextId = 0;
let interned: Map<string, Tensor> | null = null;
let leaves: Map<Leaf, Tensor> | null = null;
let scopePath = '';
let segments = 0;
let openSegment = 0;
let halving = false;

/** Runs `f` with interning: equal ops on equal inputs become one node. Traces do not nest into each other's tables. */
export function trace<T>(f: () => T): T {
  const saved = [interned, leaves] as const;
  interned = new Map();
  leaves = new Map();
  try {
    return f();
  } finally {
    [interned, leaves] = saved;
  }
}

/** Runs `f` with `name` appended to the module path that new nodes carry. */
export function scope<T>(name: string, f: () => T): T {
  const saved = scopePath;
  scopePath = saved && name ? `${saved}.${name}` : saved || name;
  try {
    return f();
  } finally {
    scopePath = saved;
  }
}

/** Runs `f` with the module path set to exactly `path`: passes rebuild nodes under the path they had. */
export function atPath<T>(path: string, f: () => T): T {
  const saved = scopePath;
  scopePath = path;
  try {
    return f();
  } finally {
    scopePath = saved;
  }
}

/**
 * Runs `f`; the nodes made in it are one segment: autograd computes them a second time where the backward reads them,
 * instead of keeping them. Inside an open segment it does nothing: the outermost one counts.
 */
export function segment<T>(f: () => T): T {
  if (openSegment) return f();
  openSegment = ++segments;
  try {
    return f();
  } finally {
    openSegment = 0;
  }
}

/**
 * Runs `f`; of the nodes made in it, autograd keeps for the backward copies in 16 bits (where the op allows it and there is
 * something to save). The forward does not change. `on` false: not within `f` either.
 */
export function kept16<T>(f: () => T, on = true): T {
  const saved = halving;
  halving = on;
  try {
    return f();
  } finally {
    halving = saved;
  }
}

/** The module path at this moment. */
export function currentPath(): string {
  return scopePath;
}

/** `op at path`, the opening of every message. */
export function whereIs(op: string): string {
  return scopePath ? `${op} at ${scopePath}` : op;
}

/** Adds a node (or finds its equal in the current trace). Shape rules are checked here, with the path in the message. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  let key = '';
  if (interned) {
    key = `${op.name}(${inputs.map((t) => t.id).join()})${JSON.stringify(attrs)}`;
    const found = interned.get(key);
    if (found) return found;
  }
  const where = whereIs(op.name);
  const meta = op.infer(inputs, attrs, where);
  checkShape(where, meta.shape);
  const t: Tensor = {
    id: nextId++,
    op: op as unknown as Op,
    inputs,
    attrs,
    shape: meta.shape,
    dtype: meta.dtype,
    path: scopePath,
    leaf: null,
    segment: openSegment,
    half: halving,
  };
  interned?.set(key, t);
  return t;
}

/** The tensor of a leaf: the same node for the same leaf inside one trace. */
export function leafTensor(leaf: Leaf): Tensor {
  const found = leaves?.get(leaf);
  if (found) return found;
  checkShape(`leaf ${leaf.name}`, leaf.shape);
  const t: Tensor = {
    id: nextId++,
    op: leafOp,
    inputs: [],
    attrs: {},
    shape: leaf.shape,
    dtype: leaf.dtype,
    path: leaf.name,
    leaf,
    segment: 0,
    half: false,
  };
  leaves?.set(leaf, t);
  return t;
}

/** A leaf that is written before each run. */
export function input(name: string, shape: Shape, dtype: DType = 'f32'): Tensor {
  return leafTensor({ kind: 'input', name, shape, dtype });
}

/** A leaf with fixed contents; `data` must not change afterwards. Length must be the product of `shape`. */
export function constant(data: HostArray | readonly number[], shape: Shape, name = 'constant'): Tensor {
  const array = Array.isArray(data) ? Float32Array.from(data) : (data as HostArray);
  if (array.length !== numel(shape)) {
    throw new Error(
      `${whereIs('constant')} ${name}: ${array.length} values for shape [${shape}], expected ${numel(shape)}`,
    );
  }
  const dtype: DType = array instanceof Uint32Array ? 'u32' : array instanceof Int32Array ? 'i32' : 'f32';
  return leafTensor({ kind: 'constant', name, shape, dtype, data: array });
}
