// What a file that cannot be read here seems to be, by its first bytes: for error messages alone.
import { startsWith } from './bytes';

/** First bytes (or text), where they stand, and words; the first row that fits counts. */
const formats: readonly [string | readonly number[], number, string][] = [
  ['version https://git-lfs', 0, 'a Git LFS pointer, not the file itself: run "git lfs pull"'],
  // First: its preamble may make it look like another format as well (TIFF).
  ['DICM', 128, 'a DICOM file'],
  [[0x89, 0x50, 0x4e, 0x47], 0, 'a PNG image'],
  [[0xff, 0xd8, 0xff], 0, 'a JPEG image'],
  ['GIF8', 0, 'a GIF'],
  ['WEBP', 8, 'a WebP image'],
  ['AVI ', 8, 'a video (AVI): save the frames that are wanted as PNG'],
  ['ftypavif', 4, 'an AVIF image'],
  ['ftyphei', 4, 'a HEIC image'],
  ['ftypmif1', 4, 'a HEIC image'],
  ['ftyp', 4, 'a video (MP4, MOV): save the frames that are wanted as PNG'],
  ['moov', 4, 'a video (MOV): save the frames that are wanted as PNG'],
  [[0x1a, 0x45, 0xdf, 0xa3], 0, 'a video (Matroska, WebM): save the frames that are wanted as PNG'],
  [[0, 0, 1, 0xba], 0, 'a video (MPEG): save the frames that are wanted as PNG'],
  [[0, 0, 1, 0xb3], 0, 'a video (MPEG): save the frames that are wanted as PNG'],
  ['BM', 0, 'a BMP image'],
  ['II*\0', 0, 'a TIFF image'],
  ['MM\0*', 0, 'a TIFF image'],
  ['n+1\0', 344, 'a NIfTI volume'],
  ['NRRD', 0, 'an NRRD volume'],
  ['ObjectType =', 0, 'a MetaImage volume'],
  [[0, 0, 0, 12, 0x6a, 0x50], 0, 'a JPEG 2000 image'],
  [[0x1f, 0x8b], 0, 'gzip-compressed: unpack it first (a NIfTI volume?)'],
  [[0x89, 0x48, 0x44, 0x46], 0, 'HDF5 (Keras)'],
  ['GGUF', 0, 'GGUF'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 0, 'a NumPy array'],
  ['ustar', 257, "torch's oldest container (tar), from before version 0.2: save it again with a newer torch"],
  [[0x80, 2], 0, 'a plain Python pickle'],
  [[0x80, 3], 0, 'a plain Python pickle'],
  [[0x80, 4], 0, 'a plain Python pickle'],
  [[0x80, 5], 0, 'a plain Python pickle'],
  ['%PDF', 0, 'a PDF'],
  ['PK', 0, 'a zip archive: unpack it first'],
  [[0x7f, 0x45, 0x4c, 0x46], 0, 'a program'],
  ['<svg', 0, 'an SVG drawing'],
  ['<', 0, 'an SVG or a web page (did the download give an error page?)'],
  ['{', 0, 'a JSON text'],
];

/** What a file's first bytes (344 and more, where it has them) look like; null where they belong to nothing known. */
export function looksLike(head: Uint8Array): string | null {
  return formats.find(([magic, at]) => startsWith(head, magic, at))?.[2] ?? null;
}
