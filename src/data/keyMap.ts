// From the names in a checkpoint to the names that a model wants: wrappers taken off, names rewritten, everything
// accounted for. Reads no tensor.
import { nearNames } from '../nn/near';
import type { TensorSource } from '../nn/paramsIo';
import { CheckpointError } from './errors';
import { readF32, type TensorEntry, type TensorFile } from './tensorFile';

/** What became of each name. `entries` holds the tensors of `placed` under the wanted names. */
export interface KeyReport {
  readonly placed: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misshaped: readonly { name: string; expected: readonly number[]; found: readonly number[] }[];
  /** The prefix that was taken off, e.g. `state_dict.module.`; '' for a bare dict. */
  readonly wrapper: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/** A rule that rewrites names, as String.replace does; rules apply one after another. */
export type Rename = readonly [from: string | RegExp, to: string];

/** How to match. */
export interface MatchOptions {
  /** Throw unless every wanted name is placed and nothing is left over (default). */
  readonly strict?: boolean;
  readonly rename?: readonly Rename[];
  /** Names (after renaming) that may be left over without counting as unexpected. */
  readonly ignore?: readonly RegExp[];
  /** Name of the file, for messages. */
  readonly name?: string;
}

/** Keys that training scripts wrap a state_dict in; the last two are prefixes that torch itself adds. */
const wrappers = ['state_dict', 'model_state_dict', 'model', 'net', 'ema', 'params', 'module', '_orig_mod'];
const addedByTorch = new Set(['module', '_orig_mod']);

/** Every prefix made of wrapper keys under which the file has tensors, shortest first. */
function prefixes(names: readonly string[]): string[] {
  const found = [''];
  for (const prefix of found) {
    if (prefix.split('.').length > 4) continue;
    for (const w of wrappers) {
      const longer = `${prefix}${w}.`;
      if (names.some((n) => n.startsWith(longer))) found.push(longer);
    }
  }
  return found;
}

const isDict = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !('tensor' in x && typeof x.tensor === 'string');

/** Without a model to compare with: follow keys that are dicts in the file, and prefixes that all names share. */
function guessPrefix(file: TensorFile): string {
  let prefix = '';
  let node = file.meta;
  for (let depth = 0; depth < 4; depth++) {
    const names = [...file.entries.keys()].filter((n) => n.startsWith(prefix));
    const fields: Record<string, unknown> = isDict(node) ? node : {};
    const next = wrappers.find((w) => {
      const longer = `${prefix}${w}.`;
      if (addedByTorch.has(w)) return names.length > 0 && names.every((n) => n.startsWith(longer));
      return isDict(fields[w]) && names.some((n) => n.startsWith(longer));
    });
    if (!next) break;
    prefix = `${prefix}${next}.`;
    node = fields[next];
  }
  return prefix;
}

function under(file: TensorFile, prefix: string, rename: readonly Rename[]): Map<string, TensorEntry> {
  const out = new Map<string, TensorEntry>();
  for (const [full, entry] of file.entries) {
    if (!full.startsWith(prefix)) continue;
    const name = rename.reduce((n, [from, to]) => n.replace(from, to), full.slice(prefix.length));
    if (out.has(name))
      throw new CheckpointError(
        `two tensors of the checkpoint become ${JSON.stringify(name)} — change the rename rules`,
      );
    out.set(name, entry);
  }
  return out;
}

/**
 * The state dict inside a checkpoint: a bare dict, or what is under `state_dict`, `model`, `module.` and the like. Tensors
 * outside it (an optimiser's) are left out. With `wanted` the prefix that places most names is taken, the shortest of
 * equals; without, the file's own nesting decides.
 */
export function unwrapKeys(
  file: TensorFile,
  wanted?: Iterable<string>,
  rename: readonly Rename[] = [],
): { wrapper: string; entries: Map<string, TensorEntry> } {
  if (!wanted) {
    const wrapper = guessPrefix(file);
    return { wrapper, entries: under(file, wrapper, rename) };
  }
  const names = [...wanted];
  let best = { wrapper: '', entries: new Map<string, TensorEntry>(), score: -1 };
  for (const wrapper of prefixes([...file.entries.keys()])) {
    const entries = under(file, wrapper, rename);
    const score = names.filter((n) => entries.has(n)).length;
    if (score > best.score) best = { wrapper, entries, score };
  }
  return best.score > 0 ? best : unwrapKeys(file, undefined, rename);
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/**
 * Matches the wanted names and shapes with a checkpoint. Strict by default: `CheckpointError` with counts, the first
 * names of each kind, near names and a remedy. Not strict: the report alone.
 */
export function matchKeys(
  wanted: ReadonlyMap<string, readonly number[]>,
  file: TensorFile,
  options: MatchOptions = {},
): KeyReport {
  const { wrapper, entries: held } = unwrapKeys(file, wanted.keys(), options.rename);
  const entries = new Map<string, TensorEntry>();
  const missing: string[] = [];
  const misshaped: { name: string; expected: readonly number[]; found: readonly number[] }[] = [];
  for (const [name, expected] of wanted) {
    const entry = held.get(name);
    if (!entry) missing.push(name);
    else if (sameShape(entry.shape, expected)) entries.set(name, entry);
    else misshaped.push({ name, expected, found: entry.shape });
  }
  const ignored = (name: string) => options.ignore?.some((pattern) => pattern.test(name)) ?? false;
  const unexpected = [...held.keys()].filter((n) => !wanted.has(n) && !ignored(n));
  const report = { placed: [...entries.keys()], missing, unexpected, misshaped, wrapper, entries };
  if (options.strict !== false && missing.length + unexpected.length + misshaped.length > 0) {
    throw new CheckpointError(
      `${options.name ?? 'the checkpoint'} does not fit the model\n${formatReport(report)}\n${remedyFor(report, file)}`,
    );
  }
  return report;
}

function remedyFor(r: KeyReport, file: TensorFile): string {
  if (r.placed.length === 0) {
    const first = [...file.entries.keys()].slice(0, 3).join(', ') || 'no tensor at all';
    return `No name fits: is it a checkpoint of another model? It holds ${first}. Choose the model it belongs to, or give rename rules.`;
  }
  if (r.misshaped.length > 0)
    return 'Choose the model configuration (size, width, patch) that the checkpoint was made with.';
  return 'Choose the model that the checkpoint was made with, give rename rules, or load with strict: false, which keeps initial values for what is missing.';
}

/** The report as text: a line per kind, each with its count and its first `limit` names. */
export function formatReport(r: Omit<KeyReport, 'entries'>, limit = 8): string {
  const list = (names: readonly string[]) =>
    names.slice(0, limit).join(', ') + (names.length > limit ? `, … (${names.length - limit} more)` : '');
  const near = (name: string, i: number) => {
    const found = i < limit ? nearNames(name, r.unexpected, 1) : [];
    return found.length ? `${name} (near: ${found[0]})` : name;
  };
  const lines = [`${r.placed.length} placed${r.wrapper ? `, under "${r.wrapper.slice(0, -1)}"` : ''}`];
  if (r.missing.length) lines.push(`${r.missing.length} missing: ${list(r.missing.map(near))}`);
  if (r.unexpected.length) lines.push(`${r.unexpected.length} unexpected: ${list(r.unexpected)}`);
  if (r.misshaped.length) {
    const shapes = r.misshaped.map((m) => `${m.name} expected [${m.expected}], found [${m.found}]`);
    lines.push(`${r.misshaped.length} of another shape: ${list(shapes)}`);
  }
  return lines.join('\n');
}

/** Named tensors as the parameter store reads them: f32, one at a time, nothing kept. */
export function tensorSource(entries: ReadonlyMap<string, TensorEntry>): TensorSource {
  const find = (name: string): TensorEntry => {
    const entry = entries.get(name);
    if (!entry) throw new CheckpointError(`the checkpoint has no tensor ${JSON.stringify(name)}`);
    return entry;
  };
  return {
    names: () => [...entries.keys()],
    has: (name) => entries.has(name),
    shape: (name) => find(name).shape,
    read: (name) => readF32(find(name)),
  };
}
