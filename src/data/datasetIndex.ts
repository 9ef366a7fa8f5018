// index.json: a list of cases with id, image, mask and the meaning of the mask's values.
import * as v from 'valibot';
import type { DataCase, LabelClass } from './dataset';
import { DatasetError, wordsOf } from './errors';

/** A case of the index, with what only the index knows. */
export interface IndexedCase extends DataCase {
  /** Size that the index states, to be compared with the image's. */
  readonly size?: readonly [width: number, height: number];
  /** Values that the index calls background; 0 always is. */
  readonly background: ReadonlySet<number>;
}

const sizeSchema = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)));
const caseSchema = v.looseObject({
  id: v.optional(v.union([v.pipe(v.string(), v.nonEmpty()), v.number()])),
  image: v.string(),
  mask: v.nullish(v.string()),
  width: sizeSchema,
  height: sizeSchema,
  values: v.optional(v.record(v.string(), v.string())),
});

/** The path without folders and extension. */
export const stemOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.[^.]*$/, '');

/** A path that stays below its folder, or `DatasetError`: absolute paths, `..`, drives and URLs are refused. */
export function safePath(path: string, where: string): string {
  const parts = path.split('/');
  const odd = path === '' || /[\\:\0]/.test(path) || parts.some((p) => p === '..' || p === '.' || p === '');
  if (odd)
    throw new DatasetError(
      `${where}: the path ${JSON.stringify(path)} leads outside the folder — give it relative to the folder, with "/" and without ".."`,
    );
  return path;
}

/** The classes that "values" names, and the values it calls background; `DatasetError` for values that are no labels. */
export function readValues(values: Record<string, string> | undefined, where: string) {
  const background = new Set([0]);
  if (!values) return { classes: null, background };
  const classes: LabelClass[] = [];
  for (const [text, name] of Object.entries(values)) {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value > 65535) {
      throw new DatasetError(
        `${where}: "values" names ${JSON.stringify(text)}; label values are whole numbers from 0 to 65535`,
      );
    }
    if (value === 0 || name.toLowerCase() === 'background') background.add(value);
    else classes.push({ value, name });
  }
  return { classes, background };
}

function readCase(raw: unknown, where: string): IndexedCase {
  if (typeof raw === 'object' && raw !== null && 'images' in raw && !('image' in raw)) {
    throw new DatasetError(`${where}: it describes a volume ("images"), not an image — choose a folder of 2-D images`);
  }
  const parsed = v.safeParse(caseSchema, raw);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new DatasetError(
      `${where}, field ${v.getDotPath(issue) ?? '(the case itself)'}: ${issue.message} — see the README for the fields`,
    );
  }
  const { id, image, mask, width, height, values, ...meta } = parsed.output;
  return {
    id: String(id ?? stemOf(image)),
    image: safePath(image, where),
    mask: mask ? safePath(mask, where) : null,
    ...readValues(values, where),
    ...(width && height ? { size: [width, height] as const } : {}),
    meta,
  };
}

const few = (names: readonly string[]) =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? `, … (${names.length - 5} more)` : '');

/**
 * The cases of an index.json, checked against the files that are there; `DatasetError` for broken JSON, missing fields,
 * double ids, paths that leave the folder and files that are not there.
 */
export function readIndex(text: string, paths: readonly string[], folder: string): IndexedCase[] {
  const file = `${folder}/index.json`;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new DatasetError(
      `${file}: it is no JSON (${wordsOf(error)}) — correct it, or remove it to pair images/ and masks/ by name`,
      { cause: error },
    );
  }
  if (!Array.isArray(raw) || raw.length === 0)
    throw new DatasetError(
      `${file}: expected a list of cases, got ${Array.isArray(raw) ? 'an empty one' : typeof raw}`,
    );
  const cases = raw.map((entry, i) => readCase(entry, `${file}, case ${i}`));
  const ids = new Set<string>();
  for (const { id } of cases) {
    if (ids.has(id)) throw new DatasetError(`${file}: two cases have the id ${JSON.stringify(id)} — give each its own`);
    ids.add(id);
  }
  const there = new Set(paths);
  const absent = cases.flatMap((c) => [c.image, c.mask]).filter((p): p is string => p !== null && !there.has(p));
  if (absent.length)
    throw new DatasetError(
      `${file}: it names ${absent.length} files that are not there: ${few(absent)} — add them or take their cases out`,
    );
  return cases;
}
