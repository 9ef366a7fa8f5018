import type { Gpu } from '../gpu/device';
import { bindLeaf, readLeaf } from '../plan/leaves';
import { type Shape, sameShape, showShape } from '../tensor/shape';
import { nearNames } from './near';
import type { Layout, Param, Params } from './params';

/**
 * Parameters to and from tensor sources (checkpoints) and the GPU. Everything is read one tensor at a time, so a large
 * checkpoint never stands in memory twice.
 */

/** A checkpoint as the store sees it. File formats implement it. */
export interface TensorSource {
  names(): readonly string[];
  has(name: string): boolean;
  shape(name: string): Shape;
  read(name: string): Promise<Float32Array>;
}

/** What became of each name. `misshaped` holds name, expected and found shape. */
export interface LoadReport {
  readonly placed: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misshaped: readonly { readonly name: string; readonly expected: Shape; readonly found: Shape }[];
}

/** How to load. */
export interface LoadOptions {
  /** Throw unless every wanted parameter is placed and nothing is left over (default). */
  readonly strict?: boolean;
  /** Which parameters are wanted; all by default. */
  readonly only?: (p: Param) => boolean;
}

/**
 * Points the wanted parameters at `source` by name; nothing is read before `uploadParams`. Throws when strict and any
 * name is
 * missing, left over or of another shape; the store is then unchanged.
 */
export function loadParams(params: Params, source: TensorSource, options: LoadOptions = {}): LoadReport {
  const wanted = params.all().filter(options.only ?? (() => true));
  const placed: string[] = [];
  const missing: string[] = [];
  const misshaped: { name: string; expected: Shape; found: Shape }[] = [];
  for (const p of wanted) {
    if (!source.has(p.name)) missing.push(p.name);
    else if (!sameShape(source.shape(p.name), p.shape)) {
      misshaped.push({ name: p.name, expected: p.shape, found: source.shape(p.name) });
    } else placed.push(p.name);
  }
  const names = new Set(wanted.map((p) => p.name));
  const report = { placed, missing, misshaped, unexpected: source.names().filter((n) => !names.has(n)) };
  if (options.strict !== false && (missing.length || misshaped.length || report.unexpected.length)) {
    throw new Error(
      `loading parameters: the checkpoint does not fit\n${showReport(report)}\nload with strict: false to keep initial values for what is missing`,
    );
  }
  for (const name of placed) params.setSource(name, () => source.read(name));
  return report;
}

/** The report as text, at most ten names per kind. */
export function showReport(r: LoadReport): string {
  const list = (names: readonly string[]) =>
    names.slice(0, 10).join(', ') + (names.length > 10 ? `, … (${names.length - 10} more)` : '');
  const lines = [`${r.placed.length} placed`];
  if (r.missing.length)
    lines.push(`${r.missing.length} missing: ${list(r.missing.map((n) => withNear(n, r.unexpected)))}`);
  if (r.unexpected.length) lines.push(`${r.unexpected.length} unexpected: ${list(r.unexpected)}`);
  if (r.misshaped.length) {
    const shapes = r.misshaped.map((m) => `${m.name} expected ${showShape(m.expected)}, found ${showShape(m.found)}`);
    lines.push(`${r.misshaped.length} of another shape: ${list(shapes)}`);
  }
  return lines.join('\n');
}

function withNear(name: string, others: readonly string[]): string {
  const near = others.length <= 400 ? nearNames(name, others, 1) : [];
  return near.length ? `${name} (near: ${near[0]})` : name;
}

/** Writes every parameter (or only the trainable ones) to the GPU, from its source or its initial values. */
export async function uploadParams(params: Params, gpu: Gpu, only: 'all' | 'trainable' = 'all'): Promise<void> {
  const layout = params.layout();
  if (layout.flat) bindLeaf(gpu, layout.flat, await flatValues(params, layout));
  if (only === 'trainable') return;
  for (const p of params.all()) {
    if (!p.trainable) bindLeaf(gpu, params.leaf(p.name), await params.values(p.name));
  }
}

/** Initial (or loaded) values of all trainable parameters as they lie in the flat buffer. */
export async function flatValues(params: Params, layout: Layout): Promise<Float32Array<ArrayBuffer>> {
  const flat = new Float32Array(layout.total);
  for (const s of layout.slots) flat.set(await params.values(s.name), s.offset);
  return flat;
}

/** Current values on the GPU by name (all by default); the flat buffer is read once. */
export async function readParams(
  params: Params,
  gpu: Gpu,
  names?: readonly string[],
): Promise<Map<string, Float32Array>> {
  const layout = params.layout();
  const wanted = names ?? params.all().map((p) => p.name);
  const slots = new Map(layout.slots.map((s) => [s.name, s]));
  const flat = layout.flat && wanted.some((n) => slots.has(n)) ? await readLeaf(gpu, layout.flat) : null;
  const out = new Map<string, Float32Array>();
  for (const name of wanted) {
    const slot = slots.get(name);
    if (slot && flat) out.set(name, flat.slice(slot.offset, slot.offset + slot.length));
    else out.set(name, await readLeaf(gpu, params.leaf(params.get(name).name)));
  }
  return out;
}

/** Makes what the GPU holds the source of later uploads (to another device, say): the trained values by default. */
export async function keepTrained(params: Params, gpu: Gpu): Promise<void> {
  const trained = await readParams(
    params,
    gpu,
    params.layout().slots.map((s) => s.name),
  );
  for (const [name, data] of trained) params.setSource(name, () => Promise.resolve(data));
}
