// Reading NIfTI volumes: .nii, .nii.gz, and .hdr with .img (each packed or not). The header is checked first; voxels are
// read one channel at a time, so that a long series never lies in memory as a whole.
import { VolumeError } from './errors';
import { type ByteSource, byteSource } from './gunzip';
import { type NiftiHeader, niftiHeaderBytes, readNiftiHeader } from './niftiHeader';
import { chooseChannel, makeVolume, maxVolumeBytes, type Volume, type VolumeFile, voxelsOf } from './volume';
import { mergeStats, type ValueStats, valueStats } from './volumeStats';
import { decodeVoxels, takePart } from './voxels';

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

/** `VolumeError` where the file cannot possibly hold what its header promises: before anything is allocated. */
function checkLength(source: ByteSource, { info, offset, type }: NiftiHeader): void {
  const need = offset + voxelsOf(info.dims) * info.channels * type.bytes;
  if (need <= source.most) return;
  const length = source.gzipped ? `${source.most} bytes even if it packs perfectly` : `${source.most} bytes`;
  throw new VolumeError(
    `${source.name}: ${info.shape.join(' × ')} ${info.dtype} voxels need ${need} bytes, the file has ${length} — it is truncated, or its header lies; get it again`,
  );
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
  checkLength(voxels, header);
  const block = voxelsOf(info.dims) * type.bytes * type.parts;
  const stored = { ...info, dtype: type.parts === 1 ? type.name : partType(type) };
  const decode = (bytes: Uint8Array<ArrayBuffer>, part: number) =>
    decodeVoxels(type.parts === 1 ? bytes : takePart(bytes, type.bytes, type.parts, part), stored);
  const read = async (channel?: number): Promise<Volume> => {
    const at = chooseChannel(info, channel);
    const start = offset + Math.floor(at / type.parts) * block;
    return makeVolume(info.dims, decode(await voxels.range(start, start + block), at % type.parts), info.affine, info);
  };
  const statistics = async (): Promise<ValueStats> => {
    const blocks = info.channels / type.parts;
    const together = block * blocks <= maxVolumeBytes / 4; // a packed file is then unpacked once
    const all = together ? await voxels.range(offset, offset + block * blocks) : null;
    const parts: ValueStats[] = [];
    for (let b = 0; b < blocks; b++) {
      const from = offset + b * block;
      const bytes = all ? all.slice(b * block, (b + 1) * block) : await voxels.range(from, from + block);
      for (let part = 0; part < type.parts; part++) parts.push(valueStats(decode(bytes, part)));
    }
    return mergeStats(parts);
  };
  return { info, read, statistics, extensions };
}

/** The type of one part of a voxel of several. */
const partType = ({ bytes }: { bytes: number }): string => ({ 1: 'uint8', 4: 'float32', 8: 'float64' })[bytes] ?? '';

/** Opens and reads one volume; `channel` where the file has several. See `openNifti`. */
export const readNifti = async (blob: Blob, options: NiftiOptions & { channel?: number } = {}): Promise<Volume> =>
  (await openNifti(blob, options)).read(options.channel);
