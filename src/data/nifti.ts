// Reading NIfTI volumes: .nii, .nii.gz, and .hdr with .img (each packed or not). The header is checked first; voxels are
// read one channel at a time, so that a long series never lies in memory as a whole.
import { arrayBytes, arrayFile, checkLength } from './arrayFile';
import { VolumeError } from './errors';
import { type ByteSource, byteSource } from './gunzip';
import { MAX_LABEL_TEXT, readLabelNames } from './labelNames';
import { type NiftiHeader, niftiHeaderBytes, readNiftiHeader } from './niftiHeader';
import { NIFTI_COMMENT } from './niftiWrite';
import type { Volume, VolumeFile, VolumeInfo } from './volume';

/** What else a reader may need. */
export interface NiftiOptions {
  /** For messages; default: the file's name. */
  readonly name?: string;
  /** The .img of a header and image pair. */
  readonly image?: Blob;
}

/** A NIfTI file, with what only NIfTI says. */
export interface NiftiFile extends VolumeFile {
  readonly extensions: NiftiHeader['extensions'];
}

/** Longest stretch before the voxels that is looked through for extensions. */
const maxExtensionBytes = 16 * 2 ** 20;

async function headerOf(source: ByteSource): Promise<NiftiHeader> {
  const first = readNiftiHeader(await source.range(0, niftiHeaderBytes, true), source.name);
  const end = first.pair ? niftiHeaderBytes : Math.min(first.offset, maxExtensionBytes);
  return end > niftiHeaderBytes ? readNiftiHeader(await source.range(0, end, true), source.name) : first;
}

async function voxelSource(source: ByteSource, header: NiftiHeader, image: Blob | undefined): Promise<ByteSource> {
  if (!header.pair) return source;
  if (!image) {
    throw new VolumeError(
      `${source.name}: it is the header of a pair, its voxels lie in a second file — give ${source.name.replace(/\.hdr(\.gz)?$/i, '.img$1')} with it`,
    );
  }
  return byteSource(image, source.name.replace(/\.hdr(\.gz)?$/i, '.img$1'));
}

/**
 * Opens a NIfTI-1 or -2 file and checks its header and length; voxels come from `read`. RGB and complex voxels count as
 * channels (red, green, blue; real, imaginary). `VolumeError` for everything that cannot be read, in words.
 */
export async function openNifti(blob: Blob, options: NiftiOptions = {}): Promise<NiftiFile> {
  const name = options.name ?? (blob instanceof File && blob.name ? blob.name : 'the volume');
  const source = await byteSource(blob, name);
  const header = await headerOf(source);
  const { info, type, offset, extensions } = header;
  const voxels = await voxelSource(source, header, options.image);
  const dtype = type.parts === 1 ? type.name : partType(type);
  checkLength(voxels.name, info, offset + arrayBytes(info, dtype), voxels.most, voxels.gzipped);
  const range = (start: number, end: number) => voxels.range(offset + start, offset + end);
  return { ...arrayFile({ info: { ...info, ...namesIn(extensions) }, dtype, parts: type.parts, range }), extensions };
}

/** What the labels of a mask are called, where a comment says it. */
function namesIn(extensions: NiftiHeader['extensions']): Pick<VolumeInfo, 'names' | 'colours'> {
  for (const { code, bytes } of extensions) {
    if (code !== NIFTI_COMMENT || bytes.length > MAX_LABEL_TEXT) continue;
    const found = readLabelNames(new TextDecoder().decode(bytes).replace(/\0+$/, ''));
    if (!found) continue;
    const colours = [...found.values()].flatMap(({ value, colour }) => (colour ? [[value, colour] as const] : []));
    return { names: new Map([...found].map(([value, l]) => [value, l.name])), colours: new Map(colours) };
  }
  return {};
}

/** The type of one part of a voxel of several. */
const partType = ({ bytes }: { bytes: number }): string => ({ 1: 'uint8', 4: 'float32', 8: 'float64' })[bytes] ?? '';

/** Opens and reads one volume; `channel` where the file has several. See `openNifti`. */
export const readNifti = async (blob: Blob, options: NiftiOptions & { channel?: number } = {}): Promise<Volume> =>
  (await openNifti(blob, options)).read(options.channel);
