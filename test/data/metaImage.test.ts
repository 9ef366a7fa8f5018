import { expect, test } from 'vitest';
import { openMetaImage } from '../../src/data/metaImage';
import { readNifti } from '../../src/data/nifti';
import { needShared, readShared } from '../harness/shared';

const shared = async (path: string) => new Blob([await readShared('data', path)]);

for (const [name, dtype] of [
  ['ct.mha', 'int16'],
  ['ct_compressed.mha', 'int16'],
  ['ct_float.mhd', 'float32'],
]) {
  test(`${name} is the same volume as its NIfTI twin`, async (context) => {
    await needShared(context, 'data');
    const beside = async (file: string) => shared(`formats/metaimage/${file}`);
    const file = await openMetaImage(await shared(`formats/metaimage/${name}`), name, beside);
    const want = await readNifti(await shared('formats/nifti/ct_int16_nii.nii'), { name: 'ct.nii' });
    expect(file.info).toMatchObject({ format: 'MetaImage', shape: [64, 50, 20], dtype, axes: 'RAS', channels: 1 });
    const volume = await file.read();
    expect([...volume.data]).toEqual([...want.data]);
    for (const [i, v] of volume.affine.flat().entries()) expect(v).toBeCloseTo(want.affine.flat()[i], 5);
    expect(await file.statistics()).toMatchObject({ min: -1037, max: 1207 });
  });
}

const head = (lines: Record<string, string> = {}) => {
  const fields = {
    ObjectType: 'Image',
    NDims: '3',
    BinaryData: 'True',
    ElementByteOrderMSB: 'False',
    TransformMatrix: '0 1 0 0 0 1 1 0 0',
    Offset: '1 2 3',
    ElementSpacing: '2 3 4',
    DimSize: '2 3 2',
    ElementType: 'MET_SHORT',
    ...lines,
    ElementDataFile: lines.ElementDataFile ?? 'LOCAL', // the last line of a header
  };
  return Object.entries(fields)
    .filter(([, v]) => v !== '')
    .map(([k, v]) => `${k} = ${v}\n`)
    .join('');
};
const voxels = new Uint8Array(Int16Array.from({ length: 12 }, (_, i) => i - 3).buffer);
const open = (
  lines: Record<string, string> = {},
  data: BlobPart = voxels,
  beside?: (n: string) => Promise<Blob | null>,
) => openMetaImage(new Blob([head(lines), data]), 'v.mha', beside);

test('rows of the matrix are the directions of the axes, in LPS', async () => {
  const { info } = await open();
  expect(info.affine.map((r) => r.map((v) => v + 0))).toEqual([
    [0, 0, -4, -1],
    [-2, 0, 0, -2],
    [0, 3, 0, 3],
    [0, 0, 0, 1],
  ]);
  expect(info).toMatchObject({ axes: 'PSL', spacing: [2, 3, 4] });
});

test('text, byte order, vectors, a fourth dimension, a raw file with a header', async () => {
  const text = await open({ BinaryData: 'False' }, '0 1 2 3 4 5 6 7 8 9 10 11\n');
  expect((await text.read()).data[11]).toBe(11);
  const big = await open(
    { ElementByteOrderMSB: 'True' },
    Uint8Array.from({ length: 24 }, (_, i) => i % 2),
  );
  expect((await big.read()).data[0]).toBe(1);
  const vectors = await open({ DimSize: '2 3 1', ElementNumberOfChannels: '2' });
  expect([...(await vectors.read(1)).data]).toEqual([-2, 0, 2, 4, 6, 8]);
  const four = await open({
    NDims: '4',
    DimSize: '2 3 1 2',
    TransformMatrix: '',
    Offset: '',
    ElementSpacing: '1 1 1 5',
  });
  expect([...(await four.read(1)).data]).toEqual([3, 4, 5, 6, 7, 8]);
  const raw = async (n: string) => (n === 'd.raw' ? new Blob(['header', voxels]) : null);
  expect((await (await open({ HeaderSize: '6', ElementDataFile: 'd.raw' }, '', raw)).read()).data[0]).toBe(-3);
  expect((await (await open({ HeaderSize: '-1', ElementDataFile: 'd.raw' }, '', raw)).read()).data[0]).toBe(-3);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['terabytes', { DimSize: '99999 99999 99999' }, /GiB are read/],
  ['more than the file has', { DimSize: '200 300 20' }, /need 2400000 bytes, the file has 24/],
  ['a packed gigabyte', { DimSize: '600 600 600', CompressedData: 'True' }, /even if it packs perfectly/],
  ['sizes that are none', { DimSize: '2 3' }, /gives 2 values for DimSize, expected 3/],
  ['no dimensions', { NDims: '' }, /NDims is undefined/],
  ['a type that is none', { ElementType: 'MET_STRING' }, /"MET_STRING" is not read/],
  ['zero spacing', { ElementSpacing: '1 0 1' }, /spacing along y is 0/],
  ['negative spacing', { ElementSpacing: '1 1 -1' }, /spacing along z is -1/],
  ['a flat matrix', { TransformMatrix: '1 0 0 1 0 0 0 0 1' }, /do not span space/],
  ['a list of files', { ElementDataFile: 'LIST' }, /in several files/],
  ['a file elsewhere', { ElementDataFile: '/etc/passwd' }, /which is not beside it/],
  ['no data line', { ElementDataFile: '' }, /no line ElementDataFile/],
])('%s is refused in words', async (_, lines, message) => {
  await expect(open(lines)).rejects.toThrow(message);
});

test('packed voxels that do not unpack', async () => {
  await expect((await open({ CompressedData: 'True' })).read()).rejects.toThrow(/truncated or damaged/);
});
