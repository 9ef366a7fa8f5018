/** The labels of a volume as NIfTI on the file's own grid, with its affine. */

import { axesOf, spacingOf } from '../../data/affine';
import { maskVolume, writeNifti } from '../../data/niftiWrite';
import { turnBack } from '../../data/volumeReorient';
import type { CaseInfo } from '../document/caseInfo';
import { type CaseDoc, labelSlice } from '../document/document';
import type { Exporter } from '../exporter';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'nifti',
  label: 'Mask (NIfTI)',
  about: 'Labels on the grid of the file, with its affine.',
  order: 20,
  lacks(s) {
    const open = shownCase(s);
    if (open?.info.kind !== 'volume') return 'Only volumes are saved as NIfTI.';
    return open.timeline.now.objects.some((o) => o.masks.size) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    const affine = open?.info.source.affine;
    if (!open || !affine) throw new Error('no volume is shown');
    const { dims } = open.info.source;
    const grid = { dims, affine, spacing: spacingOf(affine), axes: axesOf(affine), source: null };
    const bytes = await writeNifti(maskVolume(grid, labelsOnFile(open.timeline.now, open.info)), { gzip: true });
    const name = `${open.info.name.replace(/\.(nii|nrrd|nhdr|mha|mhd|dcm)(\.gz)?\b.*$/i, '')}-mask.nii.gz`;
    return { name, blob: new Blob([bytes], { type: 'application/gzip' }) };
  },
};

/** All labels of a case on the grid of its file. */
export function labelsOnFile(doc: CaseDoc, info: CaseInfo): Uint8Array {
  const [nx, ny, nz] = info.dims;
  const labels = new Uint8Array(nx * ny * nz);
  for (let z = 0; z < nz; z++) labels.set(labelSlice(doc, info, z), z * nx * ny);
  const { turn, dims } = info.source;
  return turn ? turnBack(labels, dims, turn) : labels;
}
