/** Volumes: NIfTI (pairs, too), NRRD, MetaImage, and DICOM files, each series of which is one volume. */
import { startsWith } from '../../data/bytes';
import { openDicom } from '../../data/dicom';
import { dicomSeries } from '../../data/dicomSeries';
import { VolumeError } from '../../data/errors';
import { dicomName, isVolumeHead, openVolume, volumeNames, volumeWords } from '../../data/openVolume';
import { type Volume, type VolumeInfo, voxelsOf } from '../../data/volume';
import { defaultPlane, reorient, turnTo, viewAxes } from '../../data/volumeReorient';
import { valueStats } from '../../data/volumeStats';
import { looksLikeCt, windowRange } from '../../data/volumeWindow';
import type { CaseInfo, TruthInfo } from '../document/caseInfo';
import { stemOf } from '../fileLabels';
import { hashOf, type Importer, type ImportFile, type NewCase } from '../importer';
import { isLabelName, labelsIn } from '../labelFile';

const isDicom = ({ head, name }: ImportFile): boolean => startsWith(head, 'DICM', 128) || dicomName.test(name);

/** The importer. */
export const importer: Importer = {
  id: 'volume',
  words: `volume (${volumeWords})`,
  order: 10,
  async takes(files) {
    const volumes = files.filter((f) => isVolumeHead(f.head) || volumeNames.test(f.name));
    const series = await dicomSeries(volumes.filter(isDicom));
    const single = volumes.filter((f) => !isDicom(f) && !isSecondHalf(f, volumes));
    return [...series, ...single.map((f) => [f])];
  },
  async open(group, beside, onFile) {
    const [first] = group;
    const name = nameOf(group);
    const { read, info } =
      group.length > 1
        ? await openDicom(group, { gaps: 'longest', onSlice: onFile })
        : await openVolume(first.blob, first.name, beside);
    checkFits(name, info);
    const warnings = [...(info.warnings ?? []).map((w) => `${name}: ${w}`)];
    const hash = await hashOf(group);
    const volume = await read(info.channels > 1 ? 0 : undefined);
    const made = volumeCase(name, hash, volume);
    if (info.channels > 1) {
      const more: NewCase[] = [];
      const count = isSeparable(info) ? info.channels : 1;
      for (let c = 1; c < count; c++)
        more.push(volumeCase(numbered(name, c + 1, count), `${hash}-${c}`, await read(c)));
      const shown = more.length ? 'each is open by itself' : 'the first is shown';
      warnings.push(`${name}: it holds ${info.channels} volumes (${info.shape.join(' × ')}); ${shown}`);
      return { made, more, warnings };
    }
    const declared = info.format === 'DICOM SEG' || info.names !== undefined || isLabelName(first.name);
    return { made, labels: labelsIn(volume, { name, kind: 'volume', declared }), warnings };
  },
};

/** Most volumes of one file that are opened beside one another: contrasts of one scan, not a film. */
const MAX_CHANNELS = 4;

/** Whether the volumes of a file are images of their own, not colours or parts of complex numbers; and few enough. */
const isSeparable = ({ channels, dims, dtype }: VolumeInfo): boolean =>
  channels <= MAX_CHANNELS && voxelsOf(dims) * channels <= MAX_VOXELS && !/^(rgb|complex)/.test(dtype);

/** The name of volume `n` of `count` of a file, before its ending. */
function numbered(name: string, n: number, count: number): string {
  const stem = stemOf(name);
  return `${stem} [${n} of ${count}]${name.startsWith(stem) ? name.slice(stem.length) : ''}`;
}

/** Most voxels along an axis, and in all: what can be drawn with any graphics card. */
const MAX_SIDE = 2048;
const MAX_VOXELS = 2 ** 28;

/** `VolumeError` for a volume that a page cannot hold, before any voxel is read. */
function checkFits(name: string, { dims }: VolumeInfo): void {
  if (dims.every((n) => n <= MAX_SIDE) && voxelsOf(dims) <= MAX_VOXELS) return;
  throw new VolumeError(
    `${name}: ${dims.join(' × ')} voxels; at most ${MAX_SIDE} along an axis and ${MAX_VOXELS / 2 ** 20} million in all can be shown — crop or downsample it, or its header is damaged`,
  );
}

const isSecondHalf = ({ name }: ImportFile, files: readonly ImportFile[]): boolean =>
  /\.img(\.gz)?$/i.test(name) &&
  files.some((f) => f.name.replace(/\.hdr(\.gz)?$/i, '') === name.replace(/\.img(\.gz)?$/i, ''));

const nameOf = (group: readonly ImportFile[]): string =>
  group.length === 1 ? group[0].name : `${group[0].name} and ${group.length - 1} more`;

/** A volume as a case: turned to its best plane, with a window that shows it. `truth` is on the volume's own grid. */
export function volumeCase(
  name: string,
  hash: string,
  volume: Volume,
  given: { readonly modality?: CaseInfo['modality']; readonly truth?: TruthInfo } = {},
): NewCase {
  const plane = defaultPlane(volume);
  const turn = turnTo(volume, viewAxes[plane]);
  const turned = reorient(volume, viewAxes[plane]);
  const { min, max } = valueStats(turned.data);
  const modality = given.modality ?? volume.source?.modality ?? (looksLikeCt(turned.data) ? 'ct' : 'grey');
  const [low, high] = windowRange(turned.data, modality === 'ct' ? 'soft-tissue' : 'percentile');
  const range = [Number.isFinite(min) ? min : 0, Number.isFinite(max) ? max : 0] as const;
  return {
    values: turned.data,
    info: {
      ...{ name, kind: 'volume', hash, dims: turned.dims, spacing: turned.spacing, affine: turned.affine, plane },
      ...{ channels: 1, modality, range },
      window: high > low ? [low, high] : range,
      truth: given.truth ?? null,
      source: {
        format: volume.source?.format ?? 'phantom',
        dims: volume.dims,
        affine: volume.affine,
        turn: turned === volume ? null : turn,
        notes: [...(volume.source?.warnings ?? []), ...(volume.source?.notes ?? [])],
        ...(volume.source?.codes ? { codes: volume.source.codes } : {}),
      },
    },
  };
}
