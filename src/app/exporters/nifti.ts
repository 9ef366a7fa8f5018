/** The labels of a volume as NIfTI on the file's own grid, with its affine. */
import { axesOf, spacingOf } from '../../data/affine';
import { maskVolume, writeNifti } from '../../data/niftiWrite';
import type { CaseInfo } from '../document/caseInfo';
import type { CaseDoc } from '../document/document';
import type { Exporter } from '../exporter';
import { hasMask, labelsOnFile, labelText, stemOf } from '../fileLabels';
import { shownCase } from '../state';

/** The exporter. */
export const exporter: Exporter = {
  id: 'nifti',
  label: 'Mask (NIfTI)',
  about: 'One value for each object on the grid of the file, with its affine; their names are in its header.',
  order: 20,
  applies: (s) => shownCase(s)?.info.kind === 'volume',
  lacks(s) {
    const open = shownCase(s);
    return open && hasMask(open.timeline.now) ? null : 'No mask has been accepted yet.';
  },
  async run({ store }) {
    const open = shownCase(store.get());
    if (!open) throw new Error('no volume is shown');
    return { name: `${stemOf(open.info.name)}-mask.nii.gz`, blob: await niftiOf(open.timeline.now, open.info) };
  },
};

/** All labels of a volume as .nii.gz. The codes of sform and qform are those of a NIfTI source. */
export async function niftiOf(doc: CaseDoc, { source, ...info }: CaseInfo): Promise<Blob> {
  const { affine, dims } = source;
  if (!affine) throw new Error(`${info.name}: it has no place in space, so that it cannot be saved as NIfTI`);
  const grid = { dims, affine, spacing: spacingOf(affine), axes: axesOf(affine), source: null };
  const mask = maskVolume(grid, labelsOnFile(doc, { ...info, source }));
  const description = `Labels of ${info.name} (medsa-lab)`;
  const comment = labelText(doc);
  const bytes = await writeNifti(mask, {
    gzip: true,
    description,
    comment,
    ...(source.codes ? { codes: source.codes } : {}),
  });
  return new Blob([bytes], { type: 'application/gzip' });
}
