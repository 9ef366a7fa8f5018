// The text of an NRRD header as fields. What they mean is the business of nrrd.
import { VolumeError } from './errors';

/** Fields of a header by their names in lower case. */
export type Fields = ReadonlyMap<string, string>;

/** Fields and Slicer's names of segments in the text of a header; `VolumeError` where it is none. */
export function parseFields(text: string, name: string): Fields {
  const [magic, ...lines] = text.split(/\r?\n/);
  if (!/^NRRD000[1-5]$/.test(magic))
    throw new VolumeError(
      `${name}: it begins with ${JSON.stringify(magic.slice(0, 12))}, expected NRRD0001 to NRRD0005 — it is damaged or no NRRD file`,
    );
  const out = new Map<string, string>();
  for (const line of lines) {
    // Of key:=value pairs, which say nothing of the grid, only Slicer's names of segments.
    const match = /^([^#:=][^:=]*): (.*)$/.exec(line) ?? /^(Segment\d+_(?:Name|LabelValue)):=(.*)$/.exec(line);
    if (match)
      out.set(
        match[1]
          .trim()
          .toLowerCase()
          .replace(/^datafile$/, 'data file'),
        match[2].trim(),
      );
  }
  return out;
}

/** A field that must be there; `VolumeError` where it is not. */
export function need(fields: Fields, key: string, name: string): string {
  const value = fields.get(key);
  if (value === undefined) throw new VolumeError(`${name}: the NRRD header has no "${key}" — it is damaged`);
  return value;
}

/** What label values are called, as 3D Slicer writes it. */
export function namesOf(fields: Fields): ReadonlyMap<number, string> {
  const found = [...fields].flatMap(([key, name]) => {
    const value = Number(fields.get(key.replace(/_name$/, '_labelvalue')));
    return /^segment\d+_name$/.test(key) && value > 0 && name ? [[value, name] as const] : [];
  });
  return new Map(found);
}
