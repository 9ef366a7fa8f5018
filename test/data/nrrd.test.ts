import { expect, test } from 'vitest';
import { gzip } from '../../src/data/gunzip';
import { readNifti } from '../../src/data/nifti';
import { openNrrd } from '../../src/data/nrrd';
import { needShared, readShared } from '../harness/shared';

const shared = async (path: string) => new Blob([await readShared('data', path)]);
const reference = async () => readNifti(await shared('formats/nifti/ct_int16_nii.nii'), { name: 'ct.nii' });

for (const name of ['ct_raw.nrrd', 'ct_gzip.nrrd', 'ct_detached.nhdr']) {
  test(`${name} is the same volume as its NIfTI twin`, async (context) => {
    await needShared(context, 'data');
    const beside = async (file: string) => shared(`formats/nrrd/${file}`);
    const file = await openNrrd(await shared(`formats/nrrd/${name}`), name, beside);
    const want = await reference();
    const stored = { format: 'NRRD', shape: [64, 50, 20], dtype: 'int16', endian: 'little' };
    expect(file.info).toMatchObject({ ...stored, axes: 'RAS', channels: 1, notes: [] });
    const volume = await file.read();
    expect(volume.data).toEqual(want.data);
    for (const [i, v] of volume.affine.flat().entries()) expect(v).toBeCloseTo(want.affine.flat()[i], 5);
    expect(await file.statistics()).toMatchObject({ min: -1037, max: 1207, nonFinite: 0 });
  });
}

const others: readonly [string, number[], string][] = [
  ['formats/nrrd/liver_seg.nrrd', [512, 512, 3], 'LPS'],
  ['formats/nrrd/partial_overlaps-1.nrrd', [512, 512, 3], 'LPS'],
  ['volumes-nrrd-radiomics/brain1.nrrd', [256, 256, 25], 'LAS'],
  ['volumes-nrrd-radiomics/breast1.nrrd', [45, 120, 21], 'LPS'],
];
for (const [path, shape, axes] of others) {
  test(`${path} opens`, async (context) => {
    await needShared(context, 'data');
    const file = await openNrrd(await shared(path), path);
    expect(file.info).toMatchObject({ shape, axes });
    expect((await file.statistics()).max).toBeGreaterThan(0);
  });
}

const head = (lines: Record<string, string> = {}, end = '\n') => {
  const fields = {
    type: 'short',
    dimension: '3',
    space: 'right-anterior-superior',
    sizes: '2 3 2',
    'space directions': '(1,0,0) (0,2,0) (0,0,3)',
    'space origin': '(4,5,6)',
    encoding: 'raw',
    endian: 'little',
    ...lines,
  };
  const text = Object.entries(fields)
    .filter(([, v]) => v !== '')
    .map(([k, v]) => `${k}: ${v}${end}`);
  return `NRRD0005${end}# words${end}key:=a: b${end}${text.join('')}${end}`;
};
const voxels = new Uint8Array(Int16Array.from({ length: 12 }, (_, i) => i - 3).buffer);
const open = (
  lines: Record<string, string> = {},
  data: BlobPart = voxels,
  beside?: (n: string) => Promise<Blob | null>,
) => openNrrd(new Blob([head(lines), data]), 'v.nrrd', beside);

test('spaces, spacings without a space, line ends, text, and both byte orders', async () => {
  expect((await open()).info.affine).toEqual([
    [1, 0, 0, 4],
    [0, 2, 0, 5],
    [0, 0, 3, 6],
    [0, 0, 0, 1],
  ]);
  expect((await open({ space: 'LAS' })).info).toMatchObject({ axes: 'LAS', spacing: [1, 2, 3] });
  const bare = (await open({ space: '', 'space directions': '', 'space origin': '', spacings: '1 2 3' })).info;
  expect(bare).toMatchObject({ axes: 'LPS', spacing: [1, 2, 3] });
  expect(bare.notes.join()).toMatch(/LPS is assumed/);
  const crlf = await openNrrd(new Blob([head({}, '\r\n'), voxels]), 'v.nrrd');
  expect((await crlf.read()).data[11]).toBe(8);
  const text = await open({ encoding: 'ascii', type: 'float' }, '1 2.5 -3\n4 5 6 7 8 9 10 nan 12\n');
  expect([...(await text.read()).data].slice(0, 3)).toEqual([1, 2.5, -3]);
  expect(await text.statistics()).toMatchObject({ nonFinite: 1, max: 12 });
  const big = new Uint8Array(voxels.length);
  for (let i = 0; i < 12; i++) big.set([voxels[2 * i + 1], voxels[2 * i]], 2 * i);
  expect((await (await open({ endian: 'big' }, big)).read()).data[0]).toBe(-3);
});

test.each([
  ['unsigned char', 'uint8'],
  ['uchar', 'uint8'],
  ['int8_t', 'int8'],
  ['signed short int', 'int16'],
  ['ushort', 'uint16'],
  ['unsigned int', 'uint32'],
  ['signed int', 'int32'],
  ['unsigned long long int', 'uint64'],
  ['longlong', 'int64'],
  ['float', 'float32'],
  ['double', 'float64'],
])('type "%s" is %s', async (type, dtype) => {
  expect((await open({ type }, new Uint8Array(96))).info.dtype).toBe(dtype);
});

test('axes without a direction are channels, in front or behind', async () => {
  const front = await open({ dimension: '4', sizes: '2 2 3 1', 'space directions': 'none (1,0,0) (0,1,0) (0,0,1)' });
  expect(front.info).toMatchObject({ channels: 2, dims: [2, 3, 1] });
  expect([...(await front.read(1)).data]).toEqual([-2, 0, 2, 4, 6, 8]);
  const behind = await open({ dimension: '4', sizes: '2 3 1 2', 'space directions': '(1,0,0) (0,1,0) (0,0,1) none' });
  expect([...(await behind.read(1)).data]).toEqual([3, 4, 5, 6, 7, 8]);
  await expect(behind.read()).rejects.toThrow(/say which: channel 0 to 1/);
});

test('data files with lines and bytes to skip', async () => {
  const beside = async (n: string) => (n === 'd.raw' ? new Blob(['one\ntwo\nxx', voxels]) : null);
  const file = await open({ 'data file': './d.raw', 'line skip': '2', 'byte skip': '2' }, '', beside);
  expect((await file.read()).data[0]).toBe(-3);
  const end = await open({ datafile: 'd.raw', 'byte skip': '-1' }, '', beside);
  expect((await end.read()).data[11]).toBe(8);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['terabytes', { sizes: '100000 100000 100000' }, /GiB are read/],
  ['more than the file has', { sizes: '200 300 20' }, /need 2400000 bytes, the file has 24 bytes/],
  ['sizes that are none', { sizes: '2 x 2' }, /dimensions 2 × NaN × 2/],
  ['too few sizes', { sizes: '2 3' }, /2 sizes for dimension 3/],
  ['no type', { type: '' }, /has no "type"/],
  ['a block type', { type: 'block' }, /type "block" is not read/],
  ['bzip2', { encoding: 'bzip2' }, /encoding "bzip2" is not read/],
  ['zero spacing', { 'space directions': '(0,0,0) (0,1,0) (0,0,1)' }, /spacing along x is 0/],
  ['parallel axes', { 'space directions': '(1,0,0) (1,0,0) (0,0,1)' }, /do not span space/],
  ['NaN', { 'space directions': '(nan,0,0) (0,1,0) (0,0,1)' }, /spacing along x is NaN/],
  [
    'channels in the middle',
    { dimension: '4', sizes: '2 3 1 2', 'space directions': '(1,0,0) none (0,1,0) (0,0,1)' },
    /that follow each other/,
  ],
  ['a data file elsewhere', { 'data file': '../secret.raw' }, /"\.\.\/secret\.raw", which is not beside it/],
  ['many data files', { 'data file': 'slice%03d.raw 1 9 1' }, /in several files/],
  ['a skip that is none', { 'line skip': '-4' }, /"line skip" -4/],
])('%s is refused in words', async (_, lines, message) => {
  await expect(open(lines)).rejects.toThrow(message);
});

test('packed voxels that end early, text that is none, headers without an end', async () => {
  const short = await gzip(voxels.slice(0, 10));
  await expect((await open({ encoding: 'gzip' }, short)).read()).rejects.toThrow(/ends after 10 bytes/);
  await expect((await open({ encoding: 'ascii' }, '1 2 3 4 5 6 7 8 9 10 11 x')).read()).rejects.toThrow(
    /number 11 of its text is "x"/,
  );
  await expect((await open({ encoding: 'ascii' }, '1 2 3 4 5 6 7 8 9 10 11 12 13')).read()).rejects.toThrow(
    /13 numbers in its text/,
  );
  await expect(openNrrd(new Blob(['NRRD0004\ntype: short']), 'v')).rejects.toThrow(/header does not end/);
  await expect(openNrrd(new Blob(['NRRD0009\n\n']), 'v')).rejects.toThrow(/expected NRRD0001 to NRRD0005/);
});
