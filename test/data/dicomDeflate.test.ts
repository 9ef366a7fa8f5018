import { expect, test } from 'vitest';
import { openDicom } from '../../src/data/dicom';
import { plainDicom } from '../../src/data/dicomDeflate';
import { needShared, readShared } from '../harness/shared';

test('a deflated file reads like a plain one; cut short it is refused', async (context) => {
  await needShared(context, 'data');
  const bytes = await readShared('data', 'formats/dicom/image_dfl.dcm');
  const open = (b: Blob) => openDicom([{ name: 'x.dcm', blob: b }]);
  const volume = await (await open(new Blob([bytes]))).read();
  expect(volume.dims).toEqual([512, 512, 1]);
  // expected.json's stored_sum.
  expect(Array.from(volume.data).reduce((n, v) => n + v, 0)).toBe(33322688);
  await expect(open(new Blob([bytes.slice(0, bytes.length / 2)]))).rejects.toThrow(/does not unpack|truncated/);
  await expect(plainDicom(new Blob([bytes]), 'x.dcm', 1000)).rejects.toThrow(/more than 1000 bytes/);
});

test('other files stay as they are', async () => {
  for (const blob of [new Blob([]), new Blob(['no DICOM']), new Blob([new Uint8Array(500)])])
    expect(await plainDicom(blob, 'x', 1000)).toBe(blob);
});
