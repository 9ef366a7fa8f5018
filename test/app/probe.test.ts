import { expect, test } from 'vitest';
import { withSlice } from '../../src/app/document/look';
import { planeOf } from '../../src/app/document/planes';
import { fileVoxel, makeProbe, placeText, showVoxel, voxelUnder } from '../../src/app/probe';
import { shownCase, withCase } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import type { Affine } from '../../src/data/affine';
import { turnTo } from '../../src/data/volumeReorient';
import { imageInfo, stateWith, volumeInfo } from './cases';

/** A file of RAS voxels, 2 × 3 × 4 mm, shown on a grid that runs to L, P and S. */
const file: Affine = [
  [2, 0, 0, -10],
  [0, 3, 0, -20],
  [0, 0, 4, 30],
  [0, 0, 0, 1],
];
const shown: Affine = [
  [-2, 0, 0, -10 + 3 * 2],
  [0, -3, 0, -20 + 2 * 3],
  [0, 0, 4, 30],
  [0, 0, 0, 1],
];
const turn = turnTo({ affine: file } as never, 'LPS');
const info = volumeInfo('v', {
  affine: shown,
  spacing: [2, 3, 4],
  source: { format: 'NIfTI-1', dims: [4, 3, 5], affine: file, turn, notes: [] },
});
const axial = planeOf(info, 'axial');

test('millimetres with their sides, and the voxel as the file counts it', () => {
  // The centre of pixel (1, 2) of slice 3: voxel (2, 0, 3) of the file.
  expect(placeText(info, axial, 1.5, 2.5, 3)).toBe('L 6.0  P 20.0  S 42.0 mm   [2 0 3]');
  // Its left border lies half a voxel (1 mm) further to the right of the patient.
  expect(placeText(info, axial, 1, 2.5, 3)).toMatch(/^L 5\.0 {2}/);
  expect(placeText(info, axial, 4.2, 0, 0)).toBe('');
  expect(placeText(imageInfo(), planeOf(imageInfo(), 'axial'), 2.9, 1.2, 0)).toBe('x 2  y 1');
});

test('voxels under places, in all planes; none outside', () => {
  expect(voxelUnder(axial, 3.99, 0, 2)).toEqual([3, 0, 2]);
  expect(voxelUnder(axial, 4, 0, 2)).toBeNull();
  expect(voxelUnder(axial, -0.1, 0, 2)).toBeNull();
  // The head is above: the first row of a coronal slice is the last slice.
  expect(voxelUnder(planeOf(info, 'coronal'), 0.5, 0.5, 1)?.[2]).toBe(4);
});

test('a turned grid is counted back', () => {
  expect(fileVoxel(info, [0, 0, 0])).toEqual([3, 2, 0]);
  expect(fileVoxel(volumeInfo(), [1, 2, 3])).toEqual([1, 2, 3]);
});

test('the value comes after the place; only that under the pointer is shown', async () => {
  const node = { textContent: '' } as HTMLElement;
  const asked: unknown[] = [];
  const client = {
    async call(_: string, { voxel }: { voxel: unknown }) {
      asked.push(voxel);
      return [-53];
    },
  };
  const store = makeStore(stateWith(info));
  const probe = makeProbe({ store, client } as never, node);
  const at = (x: number) => ({ plane: 'axial', slice: 2, geometry: axial, x, y: 0.5 }) as never;
  probe(at(0.5));
  await new Promise((r) => setTimeout(r));
  expect(node.textContent).toMatch(/\[3 2 2\] {3}−53$/);
  // The pointer rests, the slice goes on.
  const look = withSlice(info, shownCase(store.get())!.look, 'axial', 4);
  store.set(withCase(store.get(), 'v', { look }));
  await new Promise((r) => setTimeout(r));
  expect(node.textContent).toMatch(/\[3 2 4\] {3}−53$/);
  probe(null);
  expect(node.textContent).toBe('');
  expect(asked).toEqual([
    [0, 0, 2],
    [0, 0, 4],
  ]);
});

test('values have the digits that count', () => {
  expect([-53, 0.123456, 1234.5678].map(showVoxel)).toEqual(['−53', '0.1235', '1235']);
});
