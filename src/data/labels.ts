// From a decoded mask to label values.
import type { LabelClass } from './dataset';
import { DatasetError } from './errors';
import type { DecodedImage } from './image';

/** Label values per pixel and the classes they belong to. */
export interface LabelMap {
  readonly labels: Uint8Array | Uint16Array;
  readonly classes: readonly LabelClass[];
  /** No pixel belongs to a class. */
  readonly empty: boolean;
}

/** Most label values of a mask that declares none: more look like a photograph or soft edges. */
const maxUndeclared = 64;

/** 255 is what drawing programs write for "here": one class, `object`. Other values keep their number. */
const nameOf = (value: number): string => (value === 255 ? 'object' : `label ${value}`);

/** One value per pixel; an RGB mask must be grey in all its pixels. */
function greyOf(image: DecodedImage, name: string): Uint8Array | Uint16Array {
  const { channels, data } = image;
  if (channels === 1) return data;
  const pixels = image.width * image.height;
  const out = image.bitDepth === 16 ? new Uint16Array(pixels) : new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = i * channels;
    if (channels >= 3 && (data[at] !== data[at + 1] || data[at] !== data[at + 2])) {
      throw new DatasetError(
        `${name}: the mask is in colour (pixel ${i % image.width}, ${Math.floor(i / image.width)} is ${data[at]}, ${data[at + 1]}, ${data[at + 2]}) — save it with one grey value, or one palette entry, per label`,
      );
    }
    out[i] = data[at];
  }
  return out;
}

/** Pixels per value, in the order of the values. */
function countValues(values: Uint8Array | Uint16Array): Map<number, number> {
  const counts = new Uint32Array(65536);
  for (const v of values) counts[v]++;
  return new Map([...counts.entries()].filter(([, n]) => n > 0));
}

/** JPEG blurs label values: two sides are told apart at half, more cannot be. */
function binarise(
  values: Uint8Array | Uint16Array,
  declared: readonly LabelClass[] | null,
  name: string,
): Uint8Array | Uint16Array {
  if (declared && declared.length > 1) {
    throw new DatasetError(
      `${name}: a JPEG mask cannot hold ${declared.length} labels, it changes their values — save it as PNG`,
    );
  }
  const value = declared?.[0]?.value ?? 255;
  return values.map((v) => (v >= 128 ? value : 0)) as Uint8Array | Uint16Array;
}

/** Values that are neither background nor declared, with their pixel counts. */
const strangers = (counts: Map<number, number>, declared: readonly LabelClass[], background: ReadonlySet<number>) =>
  [...counts].filter(([v]) => !background.has(v) && !declared.some((c) => c.value === v));

/**
 * Which numbers of a mask are its labels: the palette index or small code where the file has such and they are declared
 * (or nothing is), else the grey value. A one-bit mask that declares nothing counts as 0 / 255.
 */
function readings(image: DecodedImage, declared: boolean, name: string): (() => Uint8Array | Uint16Array)[] {
  const grey = () => greyOf(image, name);
  const { codes } = image;
  if (!codes) return [grey];
  const oneBitGrey = image.channels === 1 && codes.every((v, i) => image.data[i] === v * 255);
  if (!declared) return oneBitGrey ? [grey] : [() => codes];
  return [() => codes, grey];
}

/**
 * The label map of a mask. `declared` are the classes of the index (then every value must be one of them or
 * background), or null (then every value but 0 is a class). `DatasetError` for colour masks, undeclared values, soft edges.
 */
export function labelMap(
  image: DecodedImage,
  name: string,
  declared: readonly LabelClass[] | null,
  background: ReadonlySet<number> = new Set([0]),
): LabelMap {
  let problem = '';
  for (const read of readings(image, declared !== null, name)) {
    const labels = image.format === 'jpeg' ? binarise(read(), declared, name) : read();
    const counts = countValues(labels);
    const classes =
      declared ?? [...counts.keys()].filter((v) => !background.has(v)).map((value) => ({ value, name: nameOf(value) }));
    const unknown = strangers(counts, classes, background);
    if (declared === null && classes.length > maxUndeclared) {
      throw new DatasetError(
        `${name}: the mask has ${classes.length} different values, which look like a photograph or soft edges — save one value per label, without antialiasing`,
      );
    }
    if (unknown.length === 0) return { labels, classes, empty: !classes.some((c) => counts.has(c.value)) };
    const first = unknown.slice(0, 4).map(([v, n]) => `${v} (${n} pixels)`);
    problem ||= `${name}: the mask holds ${first.join(', ')}${unknown.length > 4 ? ', …' : ''}, which "values" in index.json does not name — name it there or correct the mask`;
  }
  throw new DatasetError(problem);
}
