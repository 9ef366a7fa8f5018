import { expect, test } from 'vitest';
import { planeOf, voxelAt } from '../../../src/app/document/planes';
import { setCrosshair } from '../../../src/app/tools/crosshair';
import { volumeInfo } from '../cases';

test('the crosshair goes to the voxel under the pointer, within the slice', () => {
  const info = volumeInfo();
  const seen: unknown[] = [];
  const app = { control: { setLook: (look: unknown) => seen.push(look) } } as never;
  const geometry = planeOf(info, 'coronal');
  const at = (x: number, y: number) => ({ geometry, slice: 1, x, y }) as never;
  setCrosshair(at(2.7, 0.2), app);
  setCrosshair(at(-3, 99), app);
  expect(seen).toEqual([{ cross: voxelAt(geometry, 2, 0, 1) }, { cross: voxelAt(geometry, 0, 4, 1) }]);
});
