import { expect, test } from 'vitest';
import { shortcuts } from '../../../src/app/keys/volume';
import { makeStore } from '../../../src/app/store';
import { imageInfo, stateWith, volumeInfo } from '../cases';

function press(key: string, info = volumeInfo()) {
  const seen: unknown[] = [];
  const control = { setSlice: (plane: string, slice: number) => void seen.push([plane, slice]) };
  const app = { store: makeStore(stateWith(info)), control } as never;
  const shortcut = shortcuts.find((s) => s.is(key, false, false))!;
  return { meant: shortcut.run(app, key) !== false, seen };
}

test('keys go through the slices of the plane that is worked in', () => {
  const to = (key: string) => press(key).seen;
  expect(to('PageDown')).toEqual([['axial', 3]]);
  expect(to(',')).toEqual([['axial', 1]]);
  expect(to('Home')).toEqual([['axial', 0]]);
  expect(to('End')).toEqual([['axial', 4]]);
  expect(press('End', imageInfo()).meant).toBe(false);
});
