/** Volumes: NIfTI (pairs, too), NRRD, MetaImage, and DICOM files, of which all that come together are one series. */
import { startsWith } from '../../data/bytes';
import { openDicom } from '../../data/dicom';
import { dicomName, isVolumeHead, openVolume, volumeNames, volumeWords } from '../../data/openVolume';
import type { Volume } from '../../data/volume';
import { defaultPlane, reorient, turnTo, viewAxes } from '../../data/volumeReorient';
import { valueStats } from '../../data/volumeStats';
import { looksLikeCt, windowRange } from '../../data/volumeWindow';
import type { CaseInfo, TruthInfo } from '../document/caseInfo';
import { hashOf, type Importer, type ImportFile, type NewCase } from '../importer';

const isDicom = ({ head, name }: ImportFile): boolean => startsWith(head, 'DICM', 128) || dicomName.test(name);

/** The importer. */
export const importer: Importer = {
  id: 'volume',
  words: `volume (${volumeWords})`,
  order: 10,
  takes(files) {
    const volumes = files.filter((f) => isVolumeHead(f.head) || volumeNames.test(f.name));
    const series = volumes.filter(isDicom);
    const single = volumes.filter((f) => !isDicom(f) && !isSecondHalf(f, volumes));
    return [...(series.length ? [series] : []), ...single.map((f) => [f])];
  },
  async open(group, beside) {
    const [first] = group;
    const file = group.length > 1 ? await openDicom(group) : await openVolume(first.blob, first.name, beside);
    return volumeCase(nameOf(group), await hashOf(group), await file.read(file.info.channels > 1 ? 0 : undefined));
  },
};

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
  const ct = looksLikeCt(turned.data);
  const [low, high] = windowRange(turned.data, 'auto');
  const range = [Number.isFinite(min) ? min : 0, Number.isFinite(max) ? max : 0] as const;
  return {
    values: turned.data,
    info: {
      ...{ name, kind: 'volume', hash, dims: turned.dims, spacing: turned.spacing, affine: turned.affine, plane },
      ...{ channels: 1, modality: given.modality ?? (ct ? 'ct' : 'grey'), range },
      window: high > low ? [low, high] : range,
      truth: given.truth ?? null,
      source: {
        format: volume.source?.format ?? 'phantom',
        dims: volume.dims,
        affine: volume.affine,
        turn: turned === volume ? null : turn,
        notes: volume.source?.notes ?? [],
      },
    },
  };
}
