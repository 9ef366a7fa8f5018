import type { PhantomModality } from './phantoms';

/** Objects of each kind of phantom: label values that together are one thing to find. The optic disc contains the cup. */
export const PHANTOM_OBJECTS: Readonly<
  Record<PhantomModality, readonly { readonly name: string; readonly values: readonly number[] }[]>
> = {
  fundus: [
    { name: 'optic disc', values: [1, 2] },
    { name: 'optic cup', values: [2] },
  ],
  ultrasound: [{ name: 'nodule', values: [1] }],
  dermoscopy: [{ name: 'lesion', values: [1] }],
  brain: [
    { name: 'whole tumour', values: [1, 2, 3] },
    { name: 'tumour core', values: [2, 3] },
  ],
  abdomen: [
    { name: 'liver', values: [1] },
    { name: 'spleen', values: [2] },
    { name: 'right kidney', values: [3] },
    { name: 'left kidney', values: [4] },
    { name: 'aorta', values: [5] },
    { name: 'stomach', values: [6] },
    { name: 'spine', values: [7] },
  ],
};

/** Class names of a modality's objects in a set that holds several modalities: `fundus: optic disc`. */
export const phantomClasses = (m: PhantomModality): string[] => PHANTOM_OBJECTS[m].map((o) => `${m}: ${o.name}`);
