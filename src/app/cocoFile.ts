/**
 * COCO annotation files read: those of this page, whose objects come back whole, and others with run-length masks. The text
 * is checked field by field; masks are unpacked only when they fit an image that is open.
 */
import * as v from 'valibot';
import { maskOfCounts, unpackCounts } from '../data/cocoRle';
import { cleanName } from '../data/labelNames';
import type { CaseInfo } from './document/caseInfo';
import { MAX_OBJECTS } from './document/document';
import type { NewObject } from './document/edits';
import { objectFromFile } from './fileLabels';

/** Most bytes of a COCO file. */
export const MAX_COCO = 64 * 2 ** 20;

/** Most pixels of all masks on one case: unpacking them must end. */
const MAX_PIXELS = 2 ** 34;

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const id = v.pipe(v.number(), v.integer());
const byte = count(255);
const schema = v.object({
  images: v.pipe(
    v.array(
      v.object({
        ...{ id, file_name: v.pipe(v.string(), v.maxLength(2000)), width: count(2 ** 20), height: count(2 ** 20) },
        slice: v.optional(count(2 ** 20)),
      }),
    ),
    v.maxLength(100_000),
  ),
  categories: v.optional(v.pipe(v.array(v.object({ id, name: v.string() })), v.maxLength(10_000)), []),
  annotations: v.pipe(
    v.array(
      v.object({
        ...{ image_id: id, category_id: v.optional(id, 0), segmentation: v.unknown() },
        ...{ score: v.optional(v.pipe(v.number(), v.finite())), object_id: v.optional(count(MAX_OBJECTS)) },
        color: v.optional(v.strictTuple([byte, byte, byte])),
      }),
    ),
    v.maxLength(100_000),
  ),
});

/** A COCO file, checked in itself. */
export type CocoIn = v.InferOutput<typeof schema>;

type Annotation = CocoIn['annotations'][number];

const rle = v.object({
  size: v.strictTuple([count(2 ** 20), count(2 ** 20)]),
  counts: v.union([v.string(), v.array(count(2 ** 31))]),
});

/** Whether a JSON file says in its first bytes, or its name, that it holds annotations. */
export const isCoco = (head: string, name: string): boolean =>
  /[-_.]coco\.json$/i.test(name) ||
  (/\.json$/i.test(name) && /^\s*\{\s*"(images|annotations|licenses|info|categories)"\s*:/.test(head));

/** The annotations in a text. Throws, naming the field, where it is damaged. */
export function readCoco(text: string, name: string): CocoIn {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: it does not parse as JSON — it is truncated or damaged; save it again`, { cause: error });
  }
  const found = v.safeParse(schema, value);
  if (found.success) return found.output;
  const [issue] = found.issues;
  throw new Error(
    `${name}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message} — expected COCO annotations (images, categories, annotations with run-length masks)`,
  );
}

/** The images of the file that lie on a case, by id: the slice along its file's third axis. */
function imagesOn({ images }: CocoIn, info: CaseInfo): ReadonlyMap<number, number> {
  const [width, height, depth] = info.source.dims;
  const out = new Map<number, number>();
  for (const image of images) {
    const [, name, numbered] = /^(.*?)(?:#(\d+))?$/s.exec(image.file_name) ?? ['', image.file_name];
    const own = info.kind === 'image' ? image.file_name : name;
    const slice = info.kind === 'image' ? 0 : (image.slice ?? Number(numbered ?? Number.NaN));
    const fits = image.width === width && image.height === height && slice >= 0 && slice < depth;
    if (fits && baseName(own) === info.name) out.set(image.id, slice);
  }
  return out;
}

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '');

/**
 * The objects of each open case that the file names. Throws where it names none of them, and where a mask is damaged or of a
 * kind that is not read.
 */
export function cocoObjects(
  file: CocoIn,
  open: readonly CaseInfo[],
  name: string,
): { readonly info: CaseInfo; readonly objects: readonly NewObject[] }[] {
  const out = [];
  const done = new Set<number>();
  // What was opened last first: of two cases of one name it is the one that is meant.
  for (const info of open.toReversed()) {
    const slices = new Map([...imagesOn(file, info)].filter(([image]) => !done.has(image)));
    const own = file.annotations.filter((a) => slices.has(a.image_id));
    for (const image of slices.keys()) done.add(image);
    if (own.length) out.push({ info, objects: objectsOf(own, slices, file, info, name) });
  }
  if (out.length) return out.reverse();
  const [first] = file.images;
  const of = first ? `${cleanName(first.file_name)} (${first.width} × ${first.height})` : 'no image';
  throw new Error(`${name}: its annotations are of ${of}, which is not open — open that first, then this file`);
}

function objectsOf(
  annotations: readonly Annotation[],
  slices: ReadonlyMap<number, number>,
  { categories }: CocoIn,
  info: CaseInfo,
  name: string,
): NewObject[] {
  const pixels = annotations.length * info.source.dims[0] * info.source.dims[1];
  if (pixels > MAX_PIXELS)
    throw new Error(
      `${name}: ${annotations.length} masks on ${info.name} are too many — save fewer objects in one file`,
    );
  const groups = new Map<string, Annotation[]>();
  for (const [i, a] of annotations.entries()) {
    const key = keyOf(a, i, info);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(a);
  }
  if (groups.size > MAX_OBJECTS)
    throw new Error(`${name}: ${groups.size} objects on ${info.name}, at most ${MAX_OBJECTS} are read`);
  const names = new Map(categories.map((c) => [c.id, cleanName(c.name)]));
  return [...groups.values()].map((own) => {
    const [{ object_id, category_id, color, score }] = own;
    const masks = new Map<number, Uint8Array>();
    for (const a of own) {
      const k = slices.get(a.image_id) ?? 0;
      masks.set(k, united(masks.get(k), maskOf(a, info, name)));
    }
    return {
      ...(object_id ? { id: object_id } : {}),
      ...(color ? { colour: color } : {}),
      ...(score === undefined ? {} : { score }),
      name: names.get(category_id) || `Category ${category_id}`,
      masks: objectFromFile(masks, info),
    };
  });
}

/** What belongs together: slices of one object; where the file does not say so, a class of a volume, an instance of an image. */
function keyOf({ object_id, category_id }: Annotation, i: number, { kind }: CaseInfo): string {
  if (object_id) return `object ${object_id}`;
  return kind === 'volume' ? `class ${category_id}` : `annotation ${i}`;
}

function united(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  return a ? a.map((value, i) => value | b[i]) : b;
}

function maskOf({ segmentation }: Annotation, info: CaseInfo, name: string): Uint8Array {
  const found = v.safeParse(rle, segmentation);
  if (!found.success)
    throw new Error(`${name}: masks as polygons or of another kind are not read — save run-length masks (RLE)`);
  const { size, counts } = found.output;
  const [width, height] = info.source.dims;
  const list = typeof counts === 'string' ? unpackCounts(counts, width * height + 1) : counts;
  const mask = size[0] === height && size[1] === width && list ? maskOfCounts(list, width, height) : null;
  if (mask) return mask;
  throw new Error(
    `${name}: a mask of ${size[1]} × ${size[0]} pixels does not fill the ${width} × ${height} of ${info.name} — it is damaged`,
  );
}
