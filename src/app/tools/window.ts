/** Window and level by drag. */
import type { Tool } from '../tool';
import { makeWindowDrag } from '../windowDrag';

const drag = makeWindowDrag();

/** The tool. */
export const tool: Tool = {
  id: 'window',
  label: 'Window',
  key: 'W',
  about: 'Window and level: drag right for less contrast, up for brighter',
  order: 60,
  calm: true,
  cursor: 'move',
  gestures: [[['Right drag'], 'Window and level: right for less contrast, up for brighter']],
  down: drag.begin,
  move: drag.move,
  up: drag.end,
  cancel: drag.cancel,
};
