/** Takes away from an object's mask. */
import { makeBrush } from '../brush';

/** The tool. */
export const tool = makeBrush(
  { id: 'eraser', label: 'Eraser', key: 'E', about: 'Erase from the object; right drag adds', order: 40 },
  'minus',
);
