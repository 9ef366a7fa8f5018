/** Paints into an object's mask. */
import { makeBrush } from '../brush';

/** The tool. */
export const tool = makeBrush(
  {
    id: 'brush',
    label: 'Brush',
    key: 'D',
    about: 'Draw what belongs to the object; right drag erases',
    order: 30,
  },
  'or',
);
