// Which of many DICOM files belong together: told from the beginning of each, before any is opened. Several series in one
// folder are several volumes; so are scouts, which share a series but not its size or direction, and echoes.
import dicomParser, { type DataSet } from 'dicom-parser';
import { readSlice } from './bytes';
import type { NamedBlob } from './dicom';
import { numbersAt } from './dicomSlice';

/** Bytes from the beginning that hold what is asked for, in nearly all files. */
const headBytes = 64 * 2 ** 10;

/** The elements before the pixels' own description; null where they do not parse (the reader will say why). */
async function headOf({ blob, name }: NamedBlob): Promise<DataSet | null> {
  for (const most of [headBytes, 64 * headBytes]) {
    try {
      const bytes = await readSlice(blob, 0, Math.min(blob.size, most), name);
      return dicomParser.parseDicom(bytes, { untilTag: 'x00280100', inflater: () => undefined });
    } catch {
      if (blob.size <= most) return null;
    }
  }
  return null;
}

/** What files of one volume have in common; null where the file does not say, so that it stands alone. */
function keyOf(d: DataSet): string | null {
  const text = (tag: string) => (d.string(tag) ?? '').trim();
  if (!text('x0020000e') || text('x00080060') === 'SEG') return null;
  const direction = numbersAt(d, 'x00200037', 6)?.map((v) => Math.round(v * 100) || 0) ?? [];
  const size = [d.uint16('x00280010'), d.uint16('x00280011')];
  return JSON.stringify([text('x0020000e'), text('x00080060'), size, direction, text('x00180086')]);
}

/** The files in groups, each to be opened as one volume, in the order of their first files. Rejects never. */
export async function dicomSeries<F extends NamedBlob>(files: readonly F[]): Promise<F[][]> {
  const groups = new Map<string, F[]>();
  for (const [i, file] of files.entries()) {
    const head = await headOf(file);
    let key: string | null = null;
    try {
      key = head && keyOf(head);
    } catch {
      // Values that do not parse: the reader will say which.
    }
    const id = key ?? `alone ${i}`;
    groups.set(id, [...(groups.get(id) ?? []), file]);
  }
  return [...groups.values()];
}
