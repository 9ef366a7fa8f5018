// imagesTr/ as the Medical Segmentation Decathlon and nnU-Net lay it out: dataset.json names labels and channels; nnU-Net
// keeps each channel in a file of its own, CASE_0000.nii.gz.
import * as v from 'valibot';
import type { LabelClass } from './dataset';
import { DatasetError, wordsOf } from './errors';

const schema = v.looseObject({
  labels: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.array(v.number())]))),
  modality: v.optional(v.record(v.string(), v.string())),
  channel_names: v.optional(v.record(v.string(), v.string())),
});

/** Classes of "labels": value → name (Decathlon) or name → value (nnU-Net 2). */
function classesOf(labels: Record<string, string | number | number[]>, where: string): LabelClass[] {
  const out: LabelClass[] = [];
  for (const [key, entry] of Object.entries(labels)) {
    if (Array.isArray(entry))
      throw new DatasetError(
        `${where}: label ${key} is a region of several values, which is not read — name single values`,
      );
    const [value, name] = typeof entry === 'string' && /^\d+$/.test(key) ? [Number(key), entry] : [Number(entry), key];
    if (!Number.isInteger(value) || value < 0 || value > 65535) {
      throw new DatasetError(
        `${where}: "labels" has ${JSON.stringify(key)}: ${JSON.stringify(entry)}; label values are whole numbers from 0 to 65535`,
      );
    }
    if (value !== 0) out.push({ value, name });
  }
  return out.sort((a, b) => a.value - b.value);
}

function parse(text: string, where: string): v.InferOutput<typeof schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new DatasetError(`${where}: it is no JSON (${wordsOf(error)}) — correct it, or remove it`, { cause: error });
  }
  const parsed = v.safeParse(schema, raw);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new DatasetError(`${where}, field ${v.getDotPath(issue) ?? '(the whole)'}: ${issue.message}`);
}

/** The images of each case by name, and the classes; `files` are those of imagesTr/ by stem, `text` is dataset.json's. */
export function decathlonOf(
  files: ReadonlyMap<string, readonly string[]>,
  text: string | null,
  where: string,
): { images: Map<string, Record<string, readonly string[]>>; classes: LabelClass[] | null } {
  const json = text === null ? {} : parse(text, where);
  const channels = json.channel_names ?? json.modality ?? {};
  const split = [...files.keys()].every((stem) => /_\d{4}$/.test(stem));
  const images = new Map<string, Record<string, readonly string[]>>();
  for (const [stem, paths] of files) {
    const id = split ? stem.slice(0, -5) : stem;
    const number = split ? Number(stem.slice(-4)) : 0;
    const name = split ? (channels[String(number)] ?? `channel ${number}`) : 'image';
    images.set(id, { ...images.get(id), [name]: paths });
  }
  return { images, classes: json.labels ? classesOf(json.labels, where) : null };
}
