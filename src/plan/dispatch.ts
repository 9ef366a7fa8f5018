import { readHalves } from '../gpu/halves';
import { specialise, type Wgsl } from '../gpu/wgsl';
import { packOp } from '../ops/plumbing';
import { type Kernel, linearGrid, type Operand } from '../tensor/op';
import { bytesPerElement, numel } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { isContiguous, touchedBy } from '../tensor/view';
import { singleView } from './axes';
import { type Choice, choose } from './choose';
import { type FusionView, type Generated, generateEpilogue, generateFour, generateValue, type Load } from './codegen';
import { alignOf, splitOffset } from './fold';
import type { Fusion } from './fuse';
import { type Question, questionOf } from './tuned';

/** One binding: elements [offset, …) of what `tensor` owns. */
export interface Ref {
  readonly tensor: Tensor;
  readonly offset: number;
  /** Elements of it that the kernel reads or writes, each once: a slice of all parameters is not all of them. */
  readonly touched: number;
}

/** One dispatch, not yet bound to memory. */
export interface Dispatch {
  /** The tensor it computes. For effects: the effect node, which owns no memory. */
  readonly result: Tensor;
  /** The op whose kernel runs (the pointwise root itself for maps). */
  readonly op: string;
  /** Names of the ops fused into it. */
  readonly fused: readonly string[];
  readonly kernel: Kernel;
  readonly wgsl: Wgsl;
  /** In the order of the shader's bindings, parameters left out. */
  readonly refs: readonly Ref[];
  readonly flops: number;
  /** What choosing its kernel asked; null where there was no choice. */
  readonly question: Question | null;
}

/** Bytes that a dispatch must read and write at least; what an effect writes in place, it reads, too. */
export function bytesMoved({ refs, result }: Dispatch): number {
  const twice = result.op.writes ?? [];
  const bytes = (r: Ref, k: number) => r.touched * bytesPerElement(r.tensor.dtype) * (twice.includes(k) ? 2 : 1);
  return refs.reduce((n, r, k) => n + bytes(r, k), 0);
}

/** What each binding of the shader is bound to: null stands for the dispatch's parameters. */
export function boundRefs({ refs, wgsl }: Pick<Dispatch, 'refs' | 'wgsl'>): (Ref | null)[] {
  let next = 0;
  return wgsl.bindings.map((b) => (b.uniform ? null : refs[next++]));
}

/** Turns every node with memory of its own into a dispatch: picks the kernel, writes the fused code, lists bindings. */
export function dispatches(fusion: Fusion, choice: Choice): Dispatch[] {
  const align = choice.caps.limits.minStorageBufferOffsetAlignment / 4;
  return fusion.order
    .filter((t) => t.op !== (packOp as unknown as typeof t.op))
    .map((t) => {
      const anchor = fusion.anchor.get(t) ?? null;
      if (anchor) return kernelDispatch(anchor, t, fusion, choice, align);
      if (t.op.expr) return mapDispatch(t, fusion, choice, align);
      return kernelDispatch(t, null, fusion, choice, align);
    });
}

function view(fusion: Fusion, anchor: Tensor | null, align: number, columns: number): FusionView {
  return { inlined: (t) => fusion.inlined.has(t), source: fusion.source, anchor, align, columns };
}

function mapDispatch(t: Tensor, fusion: Fusion, choice: Choice, align: number): Dispatch {
  const seen = view(fusion, null, align, 0);
  const n = numel(t.shape);
  const half = t.dtype === 'f16';
  const variant = half ? 'mapHalf' : 'map';
  const how = half ? [...(t.attrs.infinite ? ['INFINITE'] : []), ...(t.attrs.positive ? ['POSITIVE'] : [])] : [];
  const plain = choice.variants?.[t.op.name] ?? choice.prefer?.(t.op.name, [`${variant}4`, variant]);
  const four = n < 4 || plain === variant || (half && n % 4) ? null : generateFour(t, seen, true);
  const g = four ?? generateValue(t, seen, true);
  const kernel: Kernel = four
    ? {
        variant: `${variant}4`,
        file: 'pointwise/map4.wgsl',
        flags: [half ? 'HALF' : n % 4 ? 'TAIL' : 'WHOLE', ...how],
        ...inFours(n, choice.target),
      }
    : { variant, file: `pointwise/${variant}.wgsl`, flags: how, ...sized(n, half ? 2 : 1) };
  const out = [{ tensor: t, offset: 0, touched: n }];
  return finish(t, t, { ...kernel, hooks: { value: g.text } }, g, out, fusedFlops(t, fusion, null), choice);
}

/** Elements from which on a thread of a software adapter computes sixteen: there a thread costs more than its work. */
const MANY = 2 ** 14;

/** For `n` elements, four (or several fours) a thread. */
function inFours(n: number, { software }: Choice['target']): Pick<Kernel, 'consts' | 'grid'> {
  const each = software && n >= MANY ? 4 : 1;
  return { consts: { N: n, EACH: each }, grid: sized(n, 4 * each).grid };
}

/** For `n` elements, `each` a thread. */
function sized(n: number, each: number): Pick<Kernel, 'consts' | 'grid'> {
  return { consts: { N: n }, grid: linearGrid(Math.ceil(n / each)) };
}

function kernelDispatch(node: Tensor, root: Tensor | null, fusion: Fusion, choice: Choice, align: number): Dispatch {
  const result = root ?? node;
  const operands = node.inputs.map((i, k) => operand(i, k, node, fusion, align));
  const out = { shape: node.shape, dtype: node.dtype };
  const ins = operands.map((o) => o.operand);
  const found = node.op.kernels?.({ ins, out, attrs: node.attrs, target: choice.target }) ?? [];
  const plain = view(fusion, null, align, 0);
  const four = found.some((k) => k.four) ? generateFour(node.inputs[0], plain, false) : null;
  const usable = found.filter(
    (k) => (k.needs ?? []).every((f) => choice.caps.features.includes(f)) && (four || !k.four),
  );
  const question = questionOf(node, ins, usable);
  const kernel = choose(node, found, usable, question, choice);
  let g: Generated = { text: '', loads: [], includes: [] };
  let hooks = kernel.hooks ?? {};
  if (node.op.prologue) {
    g = kernel.four && four ? four : generateValue(node.inputs[0], plain, false);
    hooks = { ...hooks, value: g.text };
  } else if (root) {
    g = generateEpilogue(root, view(fusion, node, align, node.shape[node.shape.length - 1]));
    hooks = { ...hooks, epilogue: g.text };
  }
  const read = operands.filter((_, k) => !(node.op.prologue && k === 0)).map((o) => o.ref);
  const refs = node.op.writes ? read : [...read, { tensor: result, offset: 0, touched: numel(result.shape) }];
  const own = node.op.flops?.(node.inputs, out, node.attrs) ?? 0;
  return finish(
    result,
    node,
    { ...kernel, hooks },
    g,
    refs,
    own + (root ? fusedFlops(root, fusion, node) : 0),
    choice,
    question,
  );
}

function operand(i: Tensor, k: number, node: Tensor, fusion: Fusion, align: number): { operand: Operand; ref: Ref } {
  const { base, chain } = fusion.source(i);
  const meta = { shape: i.shape, dtype: i.dtype };
  const single = singleView(chain);
  const ref = (offset: number, touched: number): Ref => ({
    tensor: base,
    offset,
    touched: Math.min(touched, numel(i.shape), numel(base.shape)),
  });
  if (!single) return { operand: { ...meta, view: chain[chain.length - 1] }, ref: ref(0, touchedBy(chain[0])) };
  const { bind, view: rest } = splitOffset(single, alignOf(base, align));
  if (
    !node.op.strided?.includes(k) &&
    !node.op.prologue &&
    !node.op.writes?.includes(k) &&
    !(isContiguous(rest) && rest.offset === 0)
  ) {
    throw new Error(
      `${node.op.name} at ${node.path}: input ${k} is not contiguous; the layout pass should have copied it`,
    );
  }
  return { operand: { ...meta, view: rest }, ref: ref(bind, touchedBy(rest)) };
}

function finish(
  result: Tensor,
  node: Tensor,
  kernel: Kernel,
  g: Generated,
  refs: readonly Ref[],
  flops: number,
  choice: Choice,
  question: Question | null = null,
): Dispatch {
  const wgsl = specialise({
    file: kernel.file,
    consts: kernel.consts,
    hooks: kernel.hooks,
    flags: kernel.flags,
    includes: g.includes,
    extras: g.loads.map((l, i) => ({ name: `e${i}`, type: loadType(l) })),
  });
  const all: Ref[] = [
    ...refs,
    ...g.loads.map((l) => ({
      tensor: l.base,
      offset: l.bind,
      touched: Math.min(l.touched, numel(l.base.shape)),
    })),
  ];
  const tensors = wgsl.bindings.filter((b) => !b.uniform);
  if (tensors.length !== all.length) {
    throw new Error(
      `${kernel.file}: declares ${tensors.map((b) => b.name).join(', ')}, but ${node.op.name} has ${all.length} operands`,
    );
  }
  const fused = [...g.text.matchAll(/\/\/(\w+)/g)].map((m) => m[1]);
  const halves = tensors.flatMap((b, i) => (all[i].tensor.dtype === 'f16' && !b.writable ? [b.name] : []));
  const native = choice.half !== 'packed16' && choice.caps.features.includes('shader-f16');
  return {
    result,
    op: node.op.name,
    fused,
    kernel,
    wgsl: readHalves(wgsl, halves, native),
    refs: all,
    flops,
    question,
  };
}

/** WGSL type of what is loaded at a time; halves are widened by `readHalves`. */
function loadType({ base: { dtype }, four }: Load): string {
  const one = dtype === 'f16' ? 'f32' : dtype;
  return four ? `vec4${one === 'f32' ? 'f' : `<${one}>`}` : one;
}

/** Operations of the pointwise nodes computed inside `root`'s dispatch. */
function fusedFlops(root: Tensor, fusion: Fusion, anchor: Tensor | null): number {
  let n = 0;
  const visit = (t: Tensor) => {
    n += t.op.flops?.(t.inputs, t, t.attrs) ?? 0;
    for (const i of t.inputs) {
      const b = fusion.source(i).base;
      if (b !== anchor && fusion.inlined.has(b)) visit(b);
    }
  };
  visit(root);
  return n;
}
