import { expect, test } from 'vitest';
import { readNiftiHeader } from '../../src/data/niftiHeader';
import { niftiBytes } from './niftiBytes';

/** Codes that a reader finds in a header with these; the quaternion says `b`. */
function codes(sform: number, qform: number, b = 0) {
  const bytes = niftiBytes({});
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setInt16(252, qform, true);
  view.setInt16(254, sform, true);
  for (const [i, v] of [b, 0, 0, 0, 0, 0].entries()) view.setFloat32(256 + 4 * i, v, true);
  const rows = [
    [view.getFloat32(80, true), 0, 0, 0],
    [0, view.getFloat32(84, true), 0, 0],
    [0, 0, view.getFloat32(88, true), 0],
  ];
  for (const [i, v] of rows.flat().entries()) view.setFloat32(280 + 4 * i, v, true);
  return readNiftiHeader(bytes, 'a.nii').info.codes;
}

test('the codes of sform and qform are known; a qform that says something else counts for nothing', () => {
  expect(codes(4, 1)).toEqual({ sform: 4, qform: 1 });
  expect(codes(4, 1, 0.5)).toEqual({ sform: 4, qform: 0 });
  expect(codes(0, 2, 0.5)).toEqual({ sform: 0, qform: 2 });
  expect(codes(3, 0)).toEqual({ sform: 3, qform: 0 });
  expect(codes(0, 0)).toEqual({ sform: 0, qform: 0 });
  expect(codes(-5, 3000)).toEqual({ sform: 0, qform: 0 });
});
