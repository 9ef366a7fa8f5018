/** The crosshair: the other planes show the slices through the place that is pointed at. */
import type { App } from '../app';
import { voxelAt } from '../document/planes';
import type { Tool, ToolEvent } from '../tool';

/** The tool. */
export const tool: Tool = {
  id: 'crosshair',
  label: 'Crosshair',
  key: 'X',
  about: 'Click or drag: the other planes follow',
  order: 70,
  calm: true,
  gestures: [[['Shift move'], 'Crosshair: the other planes follow the pointer']],
  down: setCrosshair,
  move: setCrosshair,
};

/** Moves the crosshair to the voxel under the pointer. */
export function setCrosshair({ x, y, slice, geometry: g }: ToolEvent, { control }: App): void {
  const held = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v)));
  control.setLook({ cross: voxelAt(g, held(x, g.columns), held(y, g.rows), slice) });
}
