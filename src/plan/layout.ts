import { withHeads } from '../ops/matmul';
import { copyOp, packOp } from '../ops/plumbing';
import { permute, reshape } from '../ops/view';
import type { Attrs, Op } from '../tensor/op';
import { numel } from '../tensor/shape';
import { apply, atPath, type Tensor, trace } from '../tensor/tensor';
import { isContiguous } from '../tensor/view';
import { mergeAxes, singleView } from './axes';
import { alignOf, isWhole, type Source, sourceOf } from './fold';
import { topological } from './graph';

/**
 * Inserts copies where a kernel cannot read its operand as it lies: masked or strided views into kernels that want
 * contiguous memory, outputs that are views, packed parts that have other readers. Everything else reads in place; products of heads
 * that are read as channels are stored that way.
 */
export function layout(roots: readonly Tensor[], outputs: number, align: number): Tensor[] {
  return trace(() => layoutInTrace(roots, outputs, align));
}

function layoutInTrace(roots: readonly Tensor[], outputs: number, align: number): Tensor[] {
  const map = new Map<Tensor, Tensor>();
  const sources = new Map<Tensor, Source>();
  const readers = countReaders(roots);
  for (const t of topological(roots)) {
    if (t.leaf) {
      map.set(t, t);
      continue;
    }
    const ins = t.inputs.map((i, k) => arranged(t, map.get(i)!, k, readers, sources, align));
    map.set(
      t,
      atPath(t.path, () => apply(t.op, ins, t.attrs)),
    );
  }
  return roots.map((t, i) => {
    const made = map.get(t)!;
    const s = sourceOf(made, sources);
    return i < outputs && (!isWhole(s) || s.base.leaf) ? copy(made) : made;
  });
}

function arranged(
  { op, id, inputs: siblings }: Tensor,
  x: Tensor,
  k: number,
  readers: Map<Tensor, number>,
  sources: Map<Tensor, Source>,
  align: number,
): Tensor {
  // Pointwise and prologue ops compute the index themselves; view ops are no readers.
  if (op.view || op.expr || (op.prologue && k === 0) || op.writes?.includes(k)) return x;
  const source = sourceOf(x, sources);
  const view = singleView(source.chain);
  if (op === (packOp as unknown as Op)) {
    const base = baseOf(siblings[k]);
    const alone = siblings.filter((s) => baseOf(s) === base).length === 1 && readers.get(base) === 1;
    // A part that occurs twice needs two places: its copies must not become one node.
    return isWhole(source) && !source.base.leaf && alone ? x : copy(x, { pack: id, part: k });
  }
  if (view && op.strided?.includes(k)) return x;
  if (view && isContiguous(view) && view.offset % alignOf(source.base, align) === 0) return x;
  return headsBeside(x, source, readers.get(baseOf(siblings[k])) === 1) ?? copy(x);
}

/** Most heads that are looked for; batches of windows are larger, and no heads. */
const MOST_HEADS = 64;

/**
 * `x`, which reads the products of several heads as channels, made of a product that is stored like that: no copy. Null
 * when `x` is something else, or when others read the product as well.
 */
function headsBeside(x: Tensor, { base, chain }: Source, alone: boolean): Tensor | null {
  if (!alone || base.shape.length !== 4 || numel(x.shape) !== numel(base.shape)) return null;
  const [b1, b2, m, n] = base.shape;
  const wanted = JSON.stringify(chain.map(mergeAxes));
  for (let heads = 2; heads <= Math.min(b1 * b2, MOST_HEADS); heads++) {
    const made = atPath(base.path, () => withHeads(base, heads));
    if (!made) continue;
    const turned = reshape(permute(reshape(base, [-1, heads, m, n]), [0, 2, 1, 3]), x.shape);
    if (JSON.stringify(sourceOf(turned, new Map()).chain.map(mergeAxes)) === wanted) return reshape(made, x.shape);
  }
  return null;
}

function copy(x: Tensor, attrs: Attrs = {}): Tensor {
  return atPath(x.path, () => apply(copyOp, [x], attrs));
}

function baseOf(t: Tensor): Tensor {
  let at = t;
  while (at.op.view) at = at.inputs[0];
  return at;
}

/** How many kernel inputs (and outputs of the step) read each computed tensor. */
function countReaders(roots: readonly Tensor[]): Map<Tensor, number> {
  const n = new Map<Tensor, number>();
  const count = (t: Tensor) => n.set(baseOf(t), (n.get(baseOf(t)) ?? 0) + 1);
  for (const t of topological(roots)) if (!t.op.view) t.inputs.forEach(count);
  roots.forEach(count);
  return n;
}
