// index.json of a folder of volumes: a list of cases with id, images by name, label and the meaning of its values.
import * as v from 'valibot';
import { readValues, safePath } from './datasetIndex';
import { DatasetError, wordsOf } from './errors';
import type { VolumeCase } from './volumeDataset';

const pathsSchema = v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.array(v.string()), v.minLength(1))]);
const caseSchema = v.looseObject({
  id: v.union([v.pipe(v.string(), v.nonEmpty()), v.number()]),
  images: v.pipe(
    v.record(v.string(), pathsSchema),
    v.check((images) => Object.keys(images).length > 0, 'it names no image'),
  ),
  label: v.nullish(v.string()),
  values: v.optional(v.record(v.string(), v.string())),
});

/** One path, or several: a list, or a text that is no file itself but whose words are. */
function pathsOf(images: string | string[], there: ReadonlySet<string>, where: string): string[] {
  const words = typeof images === 'string' ? images.split(' ') : images;
  const several = typeof images !== 'string' || (!there.has(images) && words.every((w) => there.has(w)));
  return (several ? words : [images as string]).map((p) => safePath(p, where));
}

function readCase(raw: unknown, there: ReadonlySet<string>, where: string): VolumeCase {
  if (typeof raw === 'object' && raw !== null && 'image' in raw && !('images' in raw)) {
    throw new DatasetError(`${where}: it describes a picture ("image"), the others volumes — keep them in two folders`);
  }
  const parsed = v.safeParse(caseSchema, raw);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new DatasetError(
      `${where}, field ${v.getDotPath(issue) ?? '(the case itself)'}: ${issue.message} — see the README for the fields`,
    );
  }
  const { id, images, label, values, ...meta } = parsed.output;
  const named = Object.fromEntries(Object.entries(images).map(([name, p]) => [name, pathsOf(p, there, where)]));
  return {
    id: String(id),
    image: Object.values(named)[0][0],
    images: named,
    mask: label ? safePath(label, where) : null,
    ...readValues(values, where),
    meta,
  };
}

/** Whether an index.json describes volumes: the first of its cases has "images". */
export function describesVolumes(text: string): boolean {
  try {
    const raw: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(raw) ? raw[0] : null;
    return typeof first === 'object' && first !== null && 'images' in first;
  } catch {
    return false; // the reader of pictures says what is wrong with it
  }
}

/**
 * The cases of an index.json, checked against the files that are there; `DatasetError` for broken JSON, missing fields,
 * double ids, paths that leave the folder and files that are not there.
 */
export function readVolumeIndex(text: string, paths: readonly string[], folder: string): VolumeCase[] {
  const file = `${folder}/index.json`;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new DatasetError(`${file}: it is no JSON (${wordsOf(error)}) — correct it`, { cause: error });
  }
  if (!Array.isArray(raw) || raw.length === 0) {
    throw new DatasetError(
      `${file}: expected a list of cases, got ${Array.isArray(raw) ? 'an empty one' : typeof raw}`,
    );
  }
  const there = new Set(paths);
  const cases = raw.map((entry, i) => readCase(entry, there, `${file}, case ${i}`));
  const ids = cases.map((c) => c.id);
  const double = ids.find((id, i) => ids.indexOf(id) !== i);
  if (double !== undefined) {
    throw new DatasetError(`${file}: two cases have the id ${JSON.stringify(double)} — give each its own`);
  }
  const named = cases.flatMap((c) => [...Object.values(c.images).flat(), ...(c.mask ? [c.mask] : [])]);
  const absent = named.filter((p) => !there.has(p));
  if (absent.length) {
    const few = absent.slice(0, 5).join(', ') + (absent.length > 5 ? `, … (${absent.length - 5} more)` : '');
    throw new DatasetError(
      `${file}: it names ${absent.length} files that are not there: ${few} — add them or take their cases out`,
    );
  }
  return cases;
}
