import { numel } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { isContiguous, touchedBy, type View } from '../tensor/view';
import { keepsFour, mergeAxes, NOT_FOUR } from './axes';
import { alignOf, type Source, splitOffset } from './fold';

/**
 * Writes the text of `value(i)` and `epilogue(v, i, col)` for a fused chain of pointwise ops: loads through views become
 * index arithmetic, padding becomes a condition, operands that are themselves fused are computed in place. Where every view keeps
 * four neighbours neighbours (or makes them one), `value` computes four at a time: one index and one load for all of them.
 */
export interface Load {
  readonly base: Tensor;
  /** Elements by which the binding is shifted. */
  readonly bind: number;
  /** Elements of the base that are read, each once. */
  readonly touched: number;
  /** Read as vec4s. */
  readonly four: boolean;
}

/** What the generator needs to know about the fusion. */
export interface FusionView {
  /** The node is computed inside its consumer. */
  readonly inlined: (t: Tensor) => boolean;
  readonly source: (t: Tensor) => Source;
  /** Result of the kernel whose epilogue this is, if any. */
  readonly anchor: Tensor | null;
  /** Elements a binding offset must be a multiple of. */
  readonly align: number;
  /** Last extent of the kernel's output: `col` is the index modulo this. */
  readonly columns: number;
}

export interface Generated {
  readonly text: string;
  readonly loads: readonly Load[];
  readonly includes: readonly string[];
}

const LANES = ['x', 'y', 'z', 'w'];

class Writer {
  readonly loads: Load[] = [];
  readonly includes = new Set<string>();
  readonly lines: string[] = [];
  private names = 0;
  private indent = '  ';
  /** Values and indices already computed, one table per open scope. */
  private scopes: Map<string, string>[] = [new Map()];
  /** Names of vec4s. */
  private readonly fours = new Set<string>();

  constructor(
    private readonly fusion: FusionView,
    private readonly colFrom: string | null,
  ) {}

  /** Value of node `t` (computed in place) at linear index `at`, or values at `at` and the three after it. */
  node(t: Tensor, at: string, four: boolean): string {
    const key = `n${t.id}@${at}`;
    const found = this.find(key);
    if (found) return found;
    const args = t.inputs.map((i) => this.read(i, at, four));
    for (const inc of t.op.includes ?? []) this.includes.add(inc);
    const one = (lane: string) =>
      t.op.expr!(
        args.map((a) => (this.fours.has(a) ? `${a}.${lane}` : a)),
        t.attrs,
      );
    if (!args.some((a) => this.fours.has(a))) return this.let('f32', one(''), key);
    return this.let('vec4f', `vec4f(${LANES.map(one).join(', ')})`, key);
  }

  /** Value of `t` at linear index `at` of its own shape, through its views. */
  read(t: Tensor, at: string, four: boolean): string {
    const source = this.fusion.source(t);
    if (source.base === this.fusion.anchor) return 'v';
    return this.through(source, source.chain.length - 1, at, four);
  }

  private through(source: Source, k: number, at: string, wide: boolean): string {
    if (k < 0) return this.base(source, at, { bind: 0, touched: numel(source.base.shape), four: wide });
    const v = source.chain[k];
    const four = wide && keepsFour(v);
    const inline = this.fusion.inlined(source.base);
    // The innermost offset can move into the binding when the base is loaded, not computed.
    const { bind, view } =
      k === 0 && !inline ? splitOffset(v, alignOf(source.base, this.fusion.align)) : { bind: 0, view: v };
    const seen = numel(source.chain[source.chain.length - 1].shape);
    const touched = Math.min(touchedBy(view), seen);
    const next = (index: string) =>
      k === 0 ? this.base(source, index, { bind, touched, four }) : this.through(source, k - 1, index, four);
    const { index, valid } = this.index(view, at);
    if (!valid.length) return next(index);
    const key = `m${source.base.id}:${k}:${JSON.stringify(source.chain)}@${at}`;
    const found = this.find(key);
    if (found) return found;
    const name = `x${this.names++}`;
    const type = wide ? 'vec4f' : 'f32';
    if (wide) this.fours.add(name);
    this.put(`var ${name} = ${type}();`);
    this.put(`if (${valid.join(' && ')}) {`);
    this.scopes.push(new Map());
    this.indent += '  ';
    const value = next(index);
    this.put(`${name} = ${type}(${value});`);
    this.indent = this.indent.slice(2);
    this.scopes.pop();
    this.put('}');
    this.remember(key, name);
    return name;
  }

  private base({ base }: Source, index: string, { bind, touched, four }: Omit<Load, 'base'>): string {
    if (this.fusion.inlined(base)) return this.node(base, index, four);
    let slot = this.loads.findIndex((l) => l.base === base && l.bind === bind);
    if (slot < 0) slot = this.loads.push({ base, bind, touched, four }) - 1;
    const load = this.loads[slot];
    // One binding has one type.
    if (load.four !== four) throw NOT_FOUR;
    this.loads[slot] = { ...load, touched: Math.max(load.touched, touched) };
    const type = four ? 'vec4f' : 'f32';
    const text = four ? `e${slot}[(${index}) / 4u]` : `e${slot}[${index}]`;
    return this.let(type, isFloat(base) ? text : `${type}(${text})`, `l${slot}@${index}`);
  }

  /** Index into the source of a view, and the conditions under which there is one. */
  private index(raw: View, at: string): { index: string; valid: string[] } {
    const v = mergeAxes(raw);
    if (isContiguous(v)) return { index: v.offset === 0 ? at : this.let('u32', `${at} + ${u32(v.offset)}`), valid: [] };
    const valid: string[] = [];
    const terms: string[] = [];
    let rest = at;
    for (let a = v.shape.length - 1; a >= 0; a--) {
      const used = v.strides[a] !== 0 || v.mask?.[a].some((m, i) => (i ? m < v.shape[a] : m > 0));
      let c = rest;
      if (a > 0) {
        if (used) c = this.coordinate(rest, v.shape[a], a === v.shape.length - 1 && at === 'i');
        rest = this.let('u32', `${rest} / ${u32(v.shape[a])}`);
      }
      if (!used) continue;
      const [lo, hi] = v.mask?.[a] ?? [0, v.shape[a]];
      if (lo > 0) valid.push(`${c} >= ${u32(lo)}`);
      if (hi < v.shape[a]) valid.push(`${c} < ${u32(Math.max(hi, 0))}`);
      if (v.strides[a] !== 0) terms.push(v.strides[a] === 1 ? c : `${c} * ${u32(v.strides[a])}`);
    }
    if (v.offset !== 0 || !terms.length) terms.push(u32(v.offset));
    return { index: this.let('u32', terms.join(' + ')), valid };
  }

  private coordinate(rest: string, extent: number, last: boolean): string {
    if (last && this.colFrom && extent === this.fusion.columns) return this.colFrom;
    return this.let('u32', `${rest} % ${u32(extent)}`);
  }

  private let(type: string, text: string, key = `${type}:${text}`): string {
    const found = this.find(key);
    if (found) return found;
    // Another name for the same number would only make equal shaders differ.
    if (type === 'f32' && /^[vx]\d*$/.test(text)) return text;
    const name = `x${this.names++}`;
    this.put(`let ${name}: ${type} = ${text};`);
    if (type === 'vec4f') this.fours.add(name);
    this.remember(key, name);
    return name;
  }

  private find(key: string): string | undefined {
    for (const s of this.scopes) {
      const name = s.get(key);
      if (name) return name;
    }
    return undefined;
  }

  private remember(key: string, name: string): void {
    this.scopes[this.scopes.length - 1].set(key, name);
  }

  private put(line: string): void {
    this.lines.push(this.indent + line);
  }
}

/** Is read as f32: halves are, too (see gpu/halves). */
function isFloat({ dtype }: Tensor): boolean {
  return dtype === 'f32' || dtype === 'f16';
}

/** u32 literal; negative numbers wrap, as index arithmetic is modulo 2³². */
function u32(n: number): string {
  return `${n >>> 0}u`;
}

/** `fn value(i)` that computes node `root`, or reads tensor `root` through its views. */
export function generateValue(root: Tensor, fusion: FusionView, isNode: boolean): Generated {
  const w = new Writer(fusion, null);
  const result = isNode ? w.node(root, 'i', false) : w.read(root, 'i', false);
  return finish(w, 'fn value(i: u32) -> f32 {', result);
}

/** The same for the four values from i on, i a multiple of four; null where its views tear neighbours apart. */
export function generateFour(root: Tensor, fusion: FusionView, isNode: boolean): Generated | null {
  const w = new Writer(fusion, null);
  try {
    const result = isNode ? w.node(root, 'i', true) : w.read(root, 'i', true);
    return finish(w, 'fn value(i: u32) -> vec4f {', `vec4f(${result})`);
  } catch (e) {
    if (e === NOT_FOUR) return null;
    throw e;
  }
}

/** `fn epilogue(v, i, col)` that computes node `root` from the kernel's result v. */
export function generateEpilogue(root: Tensor, fusion: FusionView): Generated {
  const w = new Writer(fusion, 'col');
  return finish(w, 'fn epilogue(v: f32, i: u32, col: u32) -> f32 {', w.node(root, 'i', false));
}

function finish(w: Writer, head: string, result: string): Generated {
  const text = [head, ...used(w.lines, result), `  return ${result};`, '}'].join('\n');
  return { text, loads: w.loads, includes: [...w.includes] };
}

/** Without the names that nothing reads: the text then has no numbers that do not count, and more shaders are the same. */
function used(lines: readonly string[], result: string): string[] {
  const kept: string[] = [];
  let read = result;
  for (const line of lines.toReversed()) {
    const [, name, value] = line.match(/^ *let (\w+): [^=]*=(.*)/) ?? [];
    if (name && !new RegExp(`\\b${name}\\b`).test(read)) continue;
    read += ` ${name ? value : line}`;
    kept.push(line);
  }
  return kept.reverse();
}
