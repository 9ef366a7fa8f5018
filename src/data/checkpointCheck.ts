// Compares two checkpoints bit for bit.
import type { TensorFile } from './tensorFile';

/** One tensor of the comparison; `reason` says what differs. */
export interface TensorComparison {
  readonly name: string;
  readonly equal: boolean;
  readonly reason?: string;
}

const show = (e: { dtype: string; shape: readonly number[] }) => `${e.dtype} [${e.shape}]`;

async function compareOne(
  name: string,
  a: TensorFile['entries'],
  b: TensorFile['entries'],
  inA: string,
): Promise<TensorComparison> {
  const got = a.get(inA);
  const want = b.get(name);
  if (!got || !want) return { name, equal: false, reason: got ? 'not expected' : 'missing' };
  if (show(got) !== show(want)) return { name, equal: false, reason: `${show(got)} instead of ${show(want)}` };
  const [x, y] = [await got.read(), await want.read()];
  if (x.length !== y.length) return { name, equal: false, reason: `${x.length} bytes instead of ${y.length}` };
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? { name, equal: true } : { name, equal: false, reason: `byte ${at} is ${x[at]} instead of ${y[at]}` };
}

/**
 * Every tensor of `a` and of `expected`, compared in name, dtype, shape and bytes; one tensor of each is in memory at a
 * time. With `prefix`, only names of `a` that begin with it count, and it is taken off before comparing.
 */
export async function compareTensorFiles(
  a: TensorFile,
  expected: TensorFile,
  prefix = '',
): Promise<TensorComparison[]> {
  const names = [...a.entries.keys()].filter((n) => n.startsWith(prefix)).map((n) => n.slice(prefix.length));
  const out: TensorComparison[] = [];
  for (const name of new Set([...expected.entries.keys(), ...names])) {
    out.push(await compareOne(name, a.entries, expected.entries, prefix + name));
  }
  return out;
}
