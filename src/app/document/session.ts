/**
 * A session: all that a person made of a case and how it is looked at, without its pixels, as text. It is put back onto the
 * same image, which is known by its hash. What is read is checked field by field; nothing in it is trusted.
 */
import * as v from 'valibot';
import type { CaseInfo, PlaceKey } from './caseInfo';
import { type CaseDoc, type LabelObject, MAX_OBJECTS, newObject, objectOf } from './document';
import type { CaseLook } from './look';
import { PLANES } from './planes';
import type { Runs } from './runs';

/** What a session file calls itself. */
export const SESSION_FORMAT = 'medsa-lab session';

/** Most characters of a session file. */
export const MAX_SESSION = 64 * 2 ** 20;

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const finite = v.pipe(v.number(), v.finite());
const pair = v.strictTuple([finite, finite]);
const byte = count(255);

const prompt = v.object({
  points: v.pipe(
    v.array(v.object({ x: finite, y: finite, label: v.picklist([0, 1]), onto: v.exactOptional(byte) })),
    v.maxLength(10_000),
  ),
  box: v.nullable(v.strictTuple([finite, finite, finite, finite])),
  choice: v.nullable(count(255)),
});

const object = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_OBJECTS)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  colour: v.strictTuple([byte, byte, byte]),
  hidden: v.boolean(),
  locked: v.optional(v.boolean(), false),
  committed: v.boolean(),
  score: v.nullable(finite),
  prompts: v.array(v.strictTuple([v.pipe(v.string(), v.regex(/^(axial|coronal|sagittal):\d{1,5}$/)), prompt])),
  /** Slice along z, then lengths of the runs outside, inside, outside, … */
  masks: v.array(v.strictTuple([count(2 ** 20), v.array(count(2 ** 31))])),
});

const schema = v.object({
  format: v.literal(SESSION_FORMAT),
  version: v.literal(1),
  image: v.object({
    name: v.pipe(v.string(), v.maxLength(1000)),
    hash: v.pipe(v.string(), v.maxLength(200)),
    dims: v.strictTuple([count(2 ** 20), count(2 ** 20), count(2 ** 20)]),
  }),
  objects: v.pipe(v.array(object), v.maxLength(MAX_OBJECTS)),
  active: v.nullable(count(MAX_OBJECTS)),
  look: v.object({
    plane: v.picklist(PLANES),
    cross: v.strictTuple([finite, finite, finite]),
    window: pair,
    modelWindow: pair,
    smooth: v.boolean(),
  }),
});

/** A session file, checked in itself; whether it fits an image is the business of `restored`. */
export type Session = v.InferOutput<typeof schema>;

/** The session of a case as text. */
export function writeSession(info: CaseInfo, doc: CaseDoc, look: CaseLook): string {
  const { name, hash, dims } = info;
  const session: Session = {
    ...{ format: SESSION_FORMAT, version: 1, image: { name, hash, dims: [...dims] } },
    objects: doc.objects.map((o) => ({
      ...{ id: o.id, name: o.name, colour: [...o.colour], hidden: o.hidden, locked: o.locked, committed: o.committed },
      ...{ score: o.score, masks: [...o.masks].map(([z, runs]) => [z, [...runs]]) },
      prompts: [...o.prompts].map(([at, p]) => [
        at,
        { points: [...p.points], box: p.box && [...p.box], choice: p.choice },
      ]),
    })),
    active: doc.active,
    look: {
      ...{ plane: look.plane, cross: [...look.cross], smooth: look.smooth },
      ...{ window: [...look.window], modelWindow: [...look.modelWindow] },
    },
  };
  return JSON.stringify(session);
}

/** Whether a text says that it is a session. */
export const isSession = (head: string): boolean => head.includes(`"format":"${SESSION_FORMAT}"`);

/** The session in a text. Throws, naming the field, where it is damaged. */
export function readSession(text: string, name: string): Session {
  if (text.length > MAX_SESSION) throw new Error(`${name}: ${text.length} characters are too many for a session`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: the session does not parse as JSON — it is truncated or damaged; save it again`, {
      cause: error,
    });
  }
  const found = v.safeParse(schema, value);
  if (found.success) return found.output;
  const [issue] = found.issues;
  throw new Error(
    `${name}: ${v.getDotPath(issue) ?? 'the session'}: ${issue.message} — it is damaged, or of a newer version; save it again`,
  );
}

/** What a session makes of a case. Throws where it is of another image, or does not lie on its grid. */
export function restored(
  session: Session,
  info: CaseInfo,
  name: string,
): { readonly doc: CaseDoc; readonly look: Partial<CaseLook> } {
  const { image, look, active } = session;
  if (image.hash !== info.hash || image.dims.some((n, a) => n !== info.dims[a])) {
    throw new Error(
      `${name}: it was made on ${image.name} (${image.dims.join(' × ')}), and ${info.name} is another image (${info.dims.join(' × ')}) — open ${image.name} first, then drop the session`,
    );
  }
  const ids = session.objects.map((o) => o.id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`${name}: two objects have the number ${twice} — it is damaged`);
  const objects = session.objects.map((o) => objectFrom(o, info, name));
  const cross = look.cross.map((at, a) => Math.min(info.dims[a] - 1, Math.max(0, Math.round(at))));
  const plane = info.kind === 'image' ? info.plane : look.plane;
  const doc: CaseDoc = { objects, active: null };
  return {
    doc: { ...doc, active: objectOf(doc, active)?.id ?? null },
    look: { ...look, plane, cross: [cross[0], cross[1], cross[2]] },
  };
}

function objectFrom(
  { masks, prompts, ...given }: Session['objects'][number],
  info: CaseInfo,
  name: string,
): LabelObject {
  const area = info.dims[0] * info.dims[1];
  const kept = new Map<number, Runs>();
  for (const [z, runs] of masks) {
    const sum = runs.reduce((n, r) => n + r, 0);
    if (z >= info.dims[2] || sum !== area) {
      throw new Error(
        `${name}: the mask of ${given.name} on slice ${z} covers ${sum} pixels, expected ${area} on slices 0 to ${info.dims[2] - 1} — it is damaged`,
      );
    }
    kept.set(z, Uint32Array.from(runs));
  }
  return {
    ...newObject(given.id),
    ...given,
    masks: kept,
    prompts: new Map(prompts as [PlaceKey, (typeof prompts)[number][1]][]),
  };
}
