// The real data sets that the claim is measured on: how each is read and split, and whether its pictures may be shown.

import { nearNames } from '../../nn/near';
import type { Json } from '../../train/experiment/overrides';
import { UsageError } from '../flags';

/** What the licence of a set says about pictures made from it. */
export type Pictures =
  | { readonly show: true; readonly credit: string }
  | { readonly show: false; readonly reason: string };

/** One data set. */
export interface ClaimSet {
  /** Its folder below the data root. */
  readonly name: string;
  readonly volumes: boolean;
  /** The `data` of its experiments, without source and split. */
  readonly data: { readonly [key: string]: Json };
  readonly pictures: Pictures;
  /** What must be known to read its column. */
  readonly note: string;
}

const held = (reason: string): Pictures => ({ show: false, reason });
const shown = (credit: string): Pictures => ({ show: true, credit });

const tumour: Json = { 'whole tumour': ['necrosis', 'oedema', 'non-enhancing tumour', 'enhancing tumour'] };
const brats = held('BraTS 2013: CC BY-NC-SA 3.0 CH, non-commercial');

/** All sets, images before volumes. */
export const CLAIM_SETS: readonly ClaimSet[] = [
  {
    name: 'dermoscopy',
    volumes: false,
    data: {},
    pictures: held('HAM10000: CC BY-NC 4.0, non-commercial'),
    note: 'skin lesions; one object an image',
  },
  {
    name: 'ultrasound-breast',
    volumes: false,
    data: {},
    pictures: shown('BUSI, Al-Dhabyani et al., Data in Brief 2020, CC BY 4.0; resized, masks laid over'),
    note: 'lesions; images with an empty mask are left out. Patients are not named and near-duplicate views exist, so the parts of the split are not surely independent',
  },
  {
    name: 'fundus-disc-cup',
    volumes: false,
    data: {
      unions: { 'optic disc': ['optic disc (rim, outside the cup)', 'optic cup'] },
      classes: ['optic disc', 'optic cup'],
    },
    pictures: held('Drishti-GS1: research use only'),
    note: 'optic disc (with the cup) and optic cup, the mean of both',
  },
  {
    name: 'endoscopy-polyp',
    volumes: false,
    data: {},
    pictures: held('Kvasir-SEG: research and education use'),
    note: 'polyps',
  },
  {
    name: 'histology-nuclei',
    volumes: false,
    data: {},
    pictures: shown('TNBC nuclei, Naylor et al., zenodo 2579118, CC BY 4.0; resized, masks laid over'),
    note: 'all nuclei of an image are one object: one point on one nucleus cannot say so, hence the bare base must fail here and a tuned one learns the task, small bases only after about a hundred steps',
  },
  {
    name: 'mri-brain-tumour-2d',
    volumes: false,
    data: { unions: tumour, classes: ['whole tumour'] },
    pictures: brats,
    note: 'whole tumour in FLAIR slices',
  },
  {
    name: 'volumes-hippocampus-mri',
    volumes: true,
    data: {},
    pictures: shown('Medical Segmentation Decathlon, hippocampus, CC BY-SA 4.0 (pictures under the same licence)'),
    note: 'anterior and posterior hippocampus in volumes, the mean of both',
  },
  {
    name: 'volumes-brain-tumour-mri',
    volumes: true,
    data: { unions: tumour, classes: ['whole tumour'], volume: { image: 'flair' } },
    pictures: brats,
    note: 'whole tumour in FLAIR',
  },
];

/** The sets of these names; all when none is given. `UsageError` that names `flag` and the nearest name for one that is not there. */
export function claimSets(names: readonly string[] = [], flag = '--sets'): readonly ClaimSet[] {
  for (const name of names) {
    if (CLAIM_SETS.some((s) => s.name === name)) continue;
    const there = CLAIM_SETS.map((s) => s.name);
    const [near] = nearNames(name, there, 1);
    throw new UsageError(
      `${flag} ${name}: there is no such set${near ? `; did you mean ${near}?` : ''}; there are ${there.join(', ')}`,
    );
  }
  return CLAIM_SETS.filter((s) => !names.length || names.includes(s.name));
}
