import { type Check, makeCheck, maxError } from './check';
import type { GoldenTensorFile } from './files';
import type { GoldenCase } from './goldenCase';

/**
 * Torch files of a case: every tensor must equal, bit for bit, the one in `STEM.expected.safetensors`, else in
 * `expected.safetensors`, else in the weights; plain values must equal what case.json states of the file.
 */
export async function checkTorchFiles(c: GoldenCase): Promise<Check[]> {
  const names = await c.files.list();
  const checks: Check[] = [];
  for (const file of names.filter((n) => /\.(pth|pt)$/.test(n))) {
    const stem = file.slice(0, file.indexOf('.'));
    const expected = [`${stem}.expected.safetensors`, 'expected.safetensors', 'weights.safetensors'].find((n) =>
      names.includes(n),
    );
    const torch = await c.files.open(file);
    const found = expected ? await compareFiles(file, torch, await c.files.open(expected)) : [];
    found.push(...compareValues(file, torch, statedValues(c, file, stem)));
    checks.push(...(found.length ? found : [makeCheck(`${file}: nothing to compare with`, Infinity, 0, 'forward')]));
  }
  return checks;
}

/** Equal sets of names, dtypes, shapes and bytes. */
async function compareFiles(file: string, torch: GoldenTensorFile, expected: GoldenTensorFile): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, want] of expected.entries) {
    const got = torch.entries.get(name);
    const same = got && got.dtype === want.dtype && got.shape.join() === want.shape.join();
    checks.push(
      makeCheck(`${file}: ${name}`, same ? maxError(await got.read(), await want.read()) : Infinity, 0, 'forward'),
    );
  }
  const extra = [...torch.entries.keys()].filter((n) => !expected.entries.has(n));
  checks.push(
    makeCheck(
      `${file}: tensors that nobody expects${extra.length ? ` (${extra.slice(0, 3).join(', ')})` : ''}`,
      extra.length,
      0,
      'forward',
    ),
  );
  return checks;
}

/** What case.json says of the plain values: under the file's stem, or under its name (without remarks). */
function statedValues(c: GoldenCase, file: string, stem: string): Record<string, unknown> {
  const stated = c.info[stem] ?? c.info[file];
  if (typeof stated !== 'object' || stated === null || Array.isArray(stated)) return {};
  return Object.fromEntries(Object.entries(stated).filter(([key]) => key !== 'what' && key !== 'expected'));
}

/** Stated values, or [dtype, extents …] of stated tensors. */
function compareValues(file: string, torch: GoldenTensorFile, stated: Record<string, unknown>): Check[] {
  return Object.entries(stated).map(([key, want]) => {
    const t = torch.entries.get(key);
    const got = t && Array.isArray(want) ? [t.dtype, ...t.shape] : findValue(torch.meta, key);
    return makeCheck(
      `${file}: value of ${key}`,
      got !== undefined && sameValue(got, want) ? 0 : Infinity,
      0,
      'forward',
    );
  });
}

/** The value of `key` in nested objects, nearest to the top first. */
function findValue(root: unknown, key: string): unknown {
  let level: unknown[] = [root];
  for (let depth = 0; depth < 3; depth++) {
    for (const o of level) if (isRecord(o) && Object.hasOwn(o, key)) return o[key];
    level = level.flatMap((o) => (isRecord(o) ? Object.values(o) : []));
  }
  return undefined;
}

/**
 * Equality as case.json can write it: big integers as text, `300 times y` for a long text, tuples and sets as lists.
 */
function sameValue(got: unknown, want: unknown): boolean {
  if (typeof got === 'bigint') return String(got) === String(want);
  if (typeof got === 'string' && typeof want === 'string') {
    const times = /^(\d+) times (.+)$/.exec(want);
    return got === want || (times !== null && got === times[2].repeat(Number(times[1])));
  }
  if (Array.isArray(want))
    return Array.isArray(got) && got.length === want.length && want.every((w, i) => sameValue(got[i], w));
  if (isRecord(want)) {
    return (
      isRecord(got) &&
      Object.keys(got).length === Object.keys(want).length &&
      Object.entries(want).every(([k, w]) => sameValue(got[k], w))
    );
  }
  return Object.is(got, want);
}

function isRecord(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}
