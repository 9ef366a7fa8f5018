/** The three planes as views. An image has the one it lies in. */
import { planesOf } from '../document/look';
import { PLANES } from '../document/planes';
import { makePlaneView } from '../planeView';
import type { View } from '../view';

const labels = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' } as const;

/** The list. */
export const views: readonly View[] = PLANES.map((plane, order) => ({
  id: plane,
  order,
  label: labels[plane],
  applies: (info) => planesOf(info).includes(plane),
  make: (app) => makePlaneView(app, plane, labels[plane]),
}));
