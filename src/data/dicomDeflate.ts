// Deflated DICOM (all behind the meta header is one raw deflate stream) as the plain file that it stands for.
// DICOM PS3.5, A.5.
import dicomParser, { type DataSet } from 'dicom-parser';
import { type Bytes, readSlice } from './bytes';
import { VolumeError, wordsOf } from './errors';
import { maxDeflateRatio } from './gunzip';

const deflatedSyntax = '1.2.840.10008.1.2.1.99';
const plainSyntax = '1.2.840.10008.1.2.1\0';

/** Longest meta header that is looked through. */
const metaBytes = 2 ** 14;

/** Where the deflated part begins; null where the file is not deflated, or no DICOM at all. */
async function deflatedFrom(blob: Blob, name: string): Promise<number | null> {
  const head = await readSlice(blob, 0, Math.min(blob.size, metaBytes), name);
  try {
    // The library's types do not tell of the position, where the meta header ends.
    const meta: DataSet & { readonly position?: number } = dicomParser.readPart10Header(head);
    return meta.string('x00020010') === deflatedSyntax ? (meta.position ?? null) : null;
  } catch {
    return null;
  }
}

/** An empty preamble and a meta header that names explicit little-endian values. */
function plainHead(): Bytes {
  const uid = new TextEncoder().encode(plainSyntax);
  const out = new Uint8Array(132 + 8 + uid.length);
  out.set(new TextEncoder().encode('DICM'), 128);
  out.set([0x02, 0, 0x10, 0, 0x55, 0x49, uid.length, 0], 132);
  out.set(uid, 140);
  return out;
}

/**
 * The file as it is, or unpacked where it is deflated; more than `most` bytes are not unpacked. `VolumeError` for what does not
 * unpack.
 */
export async function plainDicom(blob: Blob, name: string, most = 512 * 2 ** 20): Promise<Blob> {
  const from = blob.size > 132 ? await deflatedFrom(blob, name) : null;
  if (from === null) return blob;
  const limit = Math.min(most, blob.size * maxDeflateRatio);
  const reader = blob.slice(from).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [plainHead()];
  let bytes = 0;
  try {
    for (let r = await reader.read(); !r.done && bytes <= limit; r = await reader.read()) {
      parts.push(r.value as Uint8Array<ArrayBuffer>);
      bytes += r.value.length;
    }
  } catch (error) {
    throw new VolumeError(
      `${name}: the deflated DICOM file does not unpack (${wordsOf(error)}) — it is truncated or damaged; get it again`,
      { cause: error },
    );
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (bytes > limit) throw new VolumeError(`${name}: it unpacks to more than ${limit} bytes — no slice is that large`);
  return new Blob(parts);
}
