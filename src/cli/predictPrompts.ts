import * as v from 'valibot';
import { ConfigError } from '../train/experiment/configError';
import { readJson } from './experimentFlags';
import { UsageError } from './flags';

/** One object to look for. Coordinates are (x, y) in pixels of the image, (i, j, k) in voxels of the volume file. */
export interface ObjectPrompt {
  readonly name: string;
  readonly points: readonly (readonly number[])[];
  /** 1 object, 0 background; one per point. */
  readonly labels: readonly number[];
  /** Two corners, one after the other. */
  readonly box: readonly number[] | null;
}

/** Prompts of a file by its name; null: nothing was said, the default holds. */
export type PromptsFor = (file: string) => readonly ObjectPrompt[] | null;

const coordinate = v.pipe(v.number(), v.finite());
const objectSchema = v.strictObject({
  name: v.optional(v.string()),
  points: v.optional(v.array(v.pipe(v.array(coordinate), v.minLength(2), v.maxLength(3))), []),
  labels: v.optional(v.array(v.picklist([0, 1]))),
  box: v.optional(v.nullable(v.array(coordinate)), null),
});
const fileSchema = v.record(v.string(), v.array(objectSchema));

/** What the command line says of prompts. */
export interface PromptFlags {
  readonly prompts?: string;
  readonly point?: readonly string[];
  readonly box?: string;
}

/**
 * Prompts from flags (the same for every file) or from a JSON file: an object with a list of objects for each file name, or for `*`.
 * `UsageError` or `ConfigError` for what is no number, has the wrong count, or names nothing.
 */
export async function readPrompts({ prompts, point, box }: PromptFlags): Promise<PromptsFor> {
  if (prompts !== undefined && (point || box)) throw new UsageError('--prompts: give a file, or --point and --box');
  if (prompts !== undefined) return fromFile(prompts);
  if (!point && box === undefined) return () => null;
  const points = (point ?? []).map((text) => numbers('--point', text));
  const bad = points.find((p) => p.length < 2 || p.length > 4);
  if (bad) throw new UsageError(`--point ${bad.join()}: expected x,y or x,y,label in images, i,j,k,label in volumes`);
  const withLabel = points.map((p) => (p.length === 2 ? [...p, 1] : p));
  const object = {
    name: 'object',
    points: withLabel.map((p) => p.slice(0, -1)),
    labels: withLabel.map((p) => p[p.length - 1]),
    box: box === undefined ? null : numbers('--box', box),
  };
  const objects = [checked(object, '--point')];
  return () => objects;
}

function numbers(flag: string, text: string): number[] {
  const list = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every(Number.isFinite)) return list;
  throw new UsageError(`${flag} ${text}: expected numbers with commas between them`);
}

async function fromFile(path: string): Promise<PromptsFor> {
  const parsed = v.safeParse(fileSchema, await readJson(path));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new ConfigError(
      `${path}: ${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}; expected {"FILE": [{"name", "points", "labels", "box"}]}`,
    );
  }
  const all = new Map(
    Object.entries(parsed.output).map(([file, objects]) => [
      file,
      objects.map((o, i) => {
        const { points, box, name = `object ${i + 1}` } = o;
        return checked({ name, points, labels: o.labels ?? points.map(() => 1), box }, `${path}: ${file}: ${name}`);
      }),
    ]),
  );
  return (file) => all.get(file) ?? all.get(file.replace(/^.*\//, '')) ?? all.get('*') ?? null;
}

function checked(o: ObjectPrompt, where: string): ObjectPrompt {
  if (o.points.length !== o.labels.length)
    throw new ConfigError(`${where}: ${o.points.length} points with ${o.labels.length} labels; expected one for each`);
  if (o.labels.some((l) => l !== 0 && l !== 1))
    throw new ConfigError(`${where}: labels ${o.labels.join()}; expected 1 (object) or 0 (background)`);
  if (o.box && o.box.length !== 4 && o.box.length !== 6)
    throw new ConfigError(`${where}: a box of ${o.box.length} numbers; expected x0,y0,x1,y1 or i0,j0,k0,i1,j1,k1`);
  if (!o.points.length && !o.box) throw new ConfigError(`${where}: neither points nor a box`);
  return o;
}
