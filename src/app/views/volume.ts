/** The volume as a whole, beside its planes. */
import { planesOf } from '../document/look';
import { VOLUME_VIEW } from '../document/volumeLook';
import type { View } from '../view';
import { makeVolumeView } from '../volumeView';

/** The list. */
export const views: readonly View[] = [
  {
    ...{ id: VOLUME_VIEW, order: 10, label: '3-D' },
    applies: (info) => planesOf(info).length > 1,
    make: (app) => makeVolumeView(app),
  },
];
