/**
 * What label values are called, as a short text that a mask carries where its format has room for one: a comment of NIfTI, a
 * text chunk of PNG. Other programs pass it over; a text of another kind is none of ours.
 */
import * as v from 'valibot';

/** One label: its value, its name, and the colour it was shown in, 0..255. */
export interface LabelName {
  readonly value: number;
  readonly name: string;
  readonly colour?: readonly [number, number, number] | undefined;
}

/** What such a text calls itself; also the keyword of the text chunk. */
export const LABELS_FORMAT = 'medsa-lab labels';

/** Most characters of such a text. */
export const MAX_LABEL_TEXT = 240_000;

/** Most characters of a name: what the page lets one type. */
const MAX_NAME = 80;

const byte = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));
const schema = v.object({
  format: v.literal(LABELS_FORMAT),
  labels: v.pipe(
    v.array(
      v.object({
        value: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
        name: v.string(),
        colour: v.optional(v.strictTuple([byte, byte, byte])),
      }),
    ),
    v.maxLength(1000),
  ),
});

/** What a name must not hold: control characters, marks that turn the direction of writing, halves of characters. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]+/gu;

/** A name on one line and not too long; '' where nothing is left. */
export const cleanName = (name: string): string =>
  name
    .slice(0, 4 * MAX_NAME)
    .replace(UNFIT, ' ')
    .trim()
    .slice(0, MAX_NAME)
    .replace(UNFIT, '');

/** The text. */
export const writeLabelNames = (labels: readonly LabelName[]): string =>
  JSON.stringify({
    format: LABELS_FORMAT,
    labels: labels.map(({ value, name, colour }) => ({ value, name: cleanName(name), ...(colour ? { colour } : {}) })),
  });

/** The labels by value; null for any other text, and for a damaged one: names are no reason to refuse a mask. */
export function readLabelNames(text: string): ReadonlyMap<number, LabelName> | null {
  if (text.length > MAX_LABEL_TEXT || !text.includes(LABELS_FORMAT)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const found = v.safeParse(schema, value);
  if (!found.success) return null;
  const named = found.output.labels.map((l) => ({ ...l, name: cleanName(l.name) })).filter((l) => l.name);
  return new Map(named.map((l) => [l.value, l]));
}
