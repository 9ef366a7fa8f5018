import { expect, test } from 'vitest';
import { VolumeError } from '../../src/data/errors';
import { gzip } from '../../src/data/gunzip';
import { openNifti, readNifti } from '../../src/data/nifti';
import { listShared, needShared, readShared } from '../harness/shared';
import { type NiftiSpec, niftiBytes } from './niftiBytes';

interface Expected {
  readonly format: string;
  readonly shape: number[];
  readonly datatype: string;
  readonly endian: string;
  readonly scl_slope: number;
  readonly scl_inter: number;
  readonly affine: number[][];
  readonly axes: string;
  readonly spacing: number[];
  readonly scaled_min: number;
  readonly scaled_max: number;
  readonly scaled_mean: number;
  readonly non_finite: number;
}

const json = async (path: string) => JSON.parse(new TextDecoder().decode(await readShared('data', path)));

const open = async (path: string) => {
  const blob = new Blob([await readShared('data', path)]);
  const pair = /\.hdr/.test(path) ? { image: new Blob([await readShared('data', path.replace('.hdr', '.img'))]) } : {};
  return openNifti(blob, { name: path, ...pair });
};

test('every NIfTI file of the sample folder reads as expected.json says', async (context) => {
  await needShared(context, 'data');
  const all: Record<string, Expected> = await json('formats/expected.json');
  const names = (await listShared('data', 'formats/nifti')).filter((name) => !/\.img/.test(name));
  expect(names.length).toBeGreaterThanOrEqual(19);
  for (const name of names) {
    const e = all[`nifti/${name}`];
    const file = await open(`formats/nifti/${name}`);
    const { info } = file;
    expect({ ...info, shape: info.shape }, name).toMatchObject({
      format: e.format,
      shape: e.shape,
      dtype: e.datatype,
      endian: e.endian,
      slope: e.scl_slope,
      intercept: e.scl_inter,
      axes: e.axes,
    });
    for (const [r, row] of e.affine.entries()) {
      for (const [c, v] of row.entries())
        expect(Math.abs(info.affine[r][c] - v), `${name} [${r}][${c}]`).toBeLessThan(2e-6);
    }
    for (const [c, s] of info.spacing.entries()) expect(Math.abs(s - e.spacing[c]), name).toBeLessThan(3e-6);
    const stats = await file.statistics();
    const near = (got: number, want: number) =>
      expect(Math.abs(got - want), `${name} ${want}`).toBeLessThan(1e-6 + 1e-7 * Math.abs(want));
    near(stats.min, e.scaled_min);
    near(stats.max, e.scaled_max);
    near(stats.mean, e.scaled_mean);
    expect(stats.nonFinite, name).toBe(e.non_finite);
    const volume = await file.read(info.channels - 1);
    expect(volume.data.length, name).toBe(e.shape[0] * e.shape[1] * e.shape[2]);
    if (info.channels > 1) await expect(file.read(), name).rejects.toThrow(/say which: channel 0 to/);
  }
});

const spec = (s: NiftiSpec = {}) => openNifti(new Blob([niftiBytes(s)]), { name: 'v.nii' });
const zip = async (bytes: Uint8Array<ArrayBuffer>) => new Blob([await gzip(bytes)]);

test.each([
  [2, 'uint8', [0, 1, 200, 255]],
  [4, 'int16', [-32768, -1, 0, 32767]],
  [8, 'int32', [-(2 ** 31), 5, 2 ** 31 - 1, 0]],
  [16, 'float32', [-1.5, 0, 3.25, 1e10]],
  [64, 'float64', [-1.1, 0, Math.PI, 1e300]],
  [256, 'int8', [-128, -1, 0, 127]],
  [512, 'uint16', [0, 1, 40000, 65535]],
  [768, 'uint32', [0, 1, 4e9, 7]],
  [1024, 'int64', [-5, 0, 2, 1]],
  [1280, 'uint64', [5, 0, 2 ** 40, 1]],
] as const)('type %i (%s) reads in both byte orders, in NIfTI-1 and -2', async (code, name, values) => {
  for (const version of [1, 2] as const) {
    for (const endian of ['little', 'big'] as const) {
      const s = { version, endian, code, dim: [3, 2, 2, 1, 1, 1, 1, 1], values: [...values] };
      const file = await spec(s);
      expect(file.info).toMatchObject({ dtype: name, endian, format: `NIfTI-${version}`, dims: [2, 2, 1] });
      expect([...(await file.read()).data], `${version} ${endian}`).toEqual(values);
      const scaled = await (await spec({ ...s, slope: 0.5, inter: -1 })).read();
      for (const [i, v] of scaled.data.entries())
        expect(v).toBeCloseTo(values[i] * 0.5 - 1, 5 - Math.ceil(Math.log10(Math.abs(values[i]) + 1)));
    }
  }
});

test('integers of 64 bits become int32 where all fit, else float64; others keep their type', async () => {
  const read = async (code: number, values: number[]) =>
    (await (await spec({ code, values, dim: [3, values.length, 1, 1] })).read()).data;
  expect(await read(1024, [-3, 7])).toBeInstanceOf(Int32Array);
  expect(await read(1024, [-3, 2 ** 35])).toBeInstanceOf(Float64Array);
  expect(await read(512, [1, 2])).toBeInstanceOf(Uint16Array);
});

test('colours and complex numbers are channels', async () => {
  const rgb = await spec({ code: 128, dim: [3, 2, 1, 1], values: [1, 2, 3, 4, 5, 6] });
  expect(rgb.info).toMatchObject({ dtype: 'rgb24', channels: 3, shape: [2, 1, 1] });
  expect([...(await rgb.read(1)).data]).toEqual([2, 5]);
  const complex = await spec({ code: 32, endian: 'big', dim: [4, 1, 1, 1, 2], values: [1, -1, 2, -2] });
  expect(complex.info.channels).toBe(4);
  expect([...(await complex.read(3)).data]).toEqual([-2]);
  expect(await complex.statistics()).toMatchObject({ min: -2, max: 2, mean: 0, count: 4 });
});

test('4-D and 5-D files: a channel, counted with the fastest dimension first', async () => {
  const values = Array.from({ length: 12 }, (_, i) => i);
  const file = await spec({ dim: [5, 2, 1, 1, 2, 3], values });
  expect(file.info).toMatchObject({ shape: [2, 1, 1, 2, 3], channels: 6 });
  for (const c of [0, 3, 5]) expect([...(await file.read(c)).data]).toEqual([2 * c, 2 * c + 1]);
  await expect(file.read()).rejects.toThrow(
    'v.nii: a 2 × 1 × 1 × 2 × 3 int16 file holds 6 volumes — say which: channel 0 to 5',
  );
  for (const c of [6, -1, 0.5]) await expect(file.read(c)).rejects.toThrow(/no channel .* channels 0 to 5/);
  await expect((await spec()).read(1)).rejects.toThrow(/only channel 0/);
});

test('a header and image pair, packed or not', async () => {
  const head = niftiBytes({ magic: 'ni1' });
  const image = new Uint8Array(Int16Array.from({ length: 12 }, (_, i) => i * 3).buffer);
  for (const [h, i] of [
    [new Blob([head]), new Blob([image])],
    [await zip(head), await zip(image)],
  ]) {
    const file = await openNifti(h, { name: 'v.hdr', image: i });
    expect((await file.read()).data[11]).toBe(33);
  }
  await expect(openNifti(new Blob([head]), { name: 'v.hdr' })).rejects.toThrow(
    /header of a pair.* give v\.img with it/,
  );
  await expect(openNifti(new Blob([head]), { name: 'v.hdr', image: new Blob([image.slice(1)]) })).rejects.toThrow(
    /v\.img: .* need 24 bytes, the file has 23/,
  );
});

test('header extensions are read within bounds', async () => {
  const extension = new Uint8Array(32);
  new DataView(extension.buffer).setInt32(0, 16, true);
  new DataView(extension.buffer).setInt32(4, 6, true);
  extension.set([104, 105], 8);
  new DataView(extension.buffer).setInt32(16, 2 ** 30, true);
  const file = await spec({ extension });
  expect(file.extensions.map((e) => [e.code, e.bytes[0], e.bytes.length])).toEqual([[6, 104, 8]]);
  expect(file.info.notes.join()).toMatch(/extension at byte 368 claims 1073741824 bytes/);
  expect((await file.read()).data[11]).toBe(11);
});

test('the affine: sform before qform before spacing alone; units of length', async () => {
  const sform = [
    [0, 2, 0, 5],
    [0, 0, -3, 6],
    [4, 0, 0, 7],
  ];
  const qform = [1, 1, 0, 0, 1, 2, 3]; // half a turn about x
  const pixdim = [-1, 2, 3, 4, 0, 0, 0, 0];
  expect((await spec({ sform, qform })).info).toMatchObject({ axes: 'SRP', spacing: [4, 2, 3] });
  expect((await spec({ sformCode: 0, qform, pixdim })).info.affine.flat().map((v) => v + 0)).toEqual([
    2, 0, 0, 1, 0, -3, 0, 2, 0, 0, 4, 3, 0, 0, 0, 1,
  ]);
  const bare = (await spec({ sformCode: 0, pixdim })).info;
  expect(bare.affine).toEqual([
    [-2, 0, 0, 1],
    [0, 3, 0, -3],
    [0, 0, 4, -2],
    [0, 0, 0, 1],
  ]);
  expect(bare.notes.join()).toMatch(/neither sform nor qform/);
  const metres = (await spec({ units: 1 })).info;
  expect(metres.spacing).toEqual([1000, 1000, 1000]);
  expect(metres.notes.join()).toMatch(/metres/);
  expect((await spec({ pixdim: [1, 1, 1, 9] })).info.notes.join()).toMatch(
    /1 × 1 × 1 mm\) differs from pixdim \(1 × 1 × 9 mm/,
  );
});

test.each<[string, NiftiSpec | Uint8Array<ArrayBuffer>, RegExp]>([
  ['an empty file', new Uint8Array(0), /the file is empty/],
  ['another kind of file', new TextEncoder().encode('hello, this is text'), /it is no NIfTI file/],
  ['a header cut short', niftiBytes().slice(0, 200), /header ends after 200 of 348 bytes/],
  ['ANALYZE', { magic: '\0\0\0' }, /ANALYZE 7\.5/],
  ['voxels cut short', niftiBytes().slice(0, -1), /need 376 bytes, the file has 375 bytes — it is truncated/],
  ['no dimensions', { dim: [0, 2, 3, 2] }, /names 0 dimensions/],
  ['too many', { dim: [8, 2, 3, 2] }, /names 8 dimensions/],
  ['a dimension of 0', { dim: [3, 2, 0, 2] }, /dimensions 2 × 0 × 2/],
  ['a negative one', { dim: [3, 2, -3, 2] }, /dimensions 2 × -3 × 2/],
  ['terabytes', { dim: [3, 32767, 32767, 32767] }, /TiB, at most 2\.0 GiB are read/],
  ['terabytes in NIfTI-2', { version: 2, dim: [3, 2 ** 40, 2 ** 40, 2 ** 40] }, /TiB/],
  ['a gigabyte in a small file', { dim: [3, 800, 800, 800] }, /need 1024000352 bytes, the file has 376/],
  ['many channels in a small file', { dim: [7, 2, 3, 2, 32767, 32767, 32767, 32767] }, /the file has 376 bytes/],
  ['an unknown type', { code: 3 }, /type unknown \(NIfTI code 3\)/],
  ['float128', { code: 1536 }, /float128/],
  ['a width that is none', { bits: 8 }, /int16 and 8 bits a voxel, expected 16/],
  ['zero spacing', { pixdim: [1, 1, 0, 1] }, /spacing along y is 0 mm .* correct the header/],
  ['negative spacing', { pixdim: [1, -1, 1, 1] }, /spacing along x is -1/],
  ['spacing that is no number', { pixdim: [1, 1, 1, Number.NaN] }, /spacing along z is NaN/],
  ['infinite spacing', { pixdim: [1, 1, 1, Number.POSITIVE_INFINITY] }, /spacing along z is Infinity/],
  [
    'a flat affine',
    {
      sform: [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    },
    /do not span space/,
  ],
  [
    'an affine of zeros',
    {
      sform: [
        [0, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    },
    /do not span space/,
  ],
  [
    'an affine that is no number',
    {
      sform: [
        [1, 0, 0, Number.NaN],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    },
    /no numbers/,
  ],
  ['voxels inside the header', { offset: 100 }, /begin at byte 100, expected at least 352/],
  ['voxels at no byte', { offset: Number.NaN }, /begin at byte NaN/],
])('%s is refused in words, packed and not', async (_, what, message) => {
  const bytes = what instanceof Uint8Array ? what : niftiBytes(what);
  await expect(openNifti(new Blob([bytes]), { name: 'v.nii' })).rejects.toThrow(message);
  await expect(openNifti(new Blob([bytes]), { name: 'v.nii' })).rejects.toBeInstanceOf(VolumeError);
  if (!/file has|is empty/.test(message.source))
    await expect(openNifti(await zip(bytes), { name: 'v.nii' })).rejects.toThrow(message);
});

test('packed files: truncated, damaged, and claiming more than they can hold', async () => {
  const values = Array.from({ length: 6000 }, (_, i) => (i * 7919) % 30011);
  const bytes = niftiBytes({ dim: [3, 20, 30, 10], values });
  const packed = await gzip(bytes);
  const volume = await readNifti(new Blob([packed]), { name: 'v.nii.gz' });
  expect(volume.data[5999]).toBe(values[5999]);
  await expect(readNifti(new Blob([packed.slice(0, packed.length / 2)]), { name: 'v.nii.gz' })).rejects.toThrow(
    /truncated or damaged/,
  );
  const inside = await gzip(bytes.slice(0, 5000));
  await expect(readNifti(new Blob([inside]), { name: 'v.nii.gz' })).rejects.toThrow(
    /ends after 5000 bytes, its header promises 12352/,
  );
  const lying = await gzip(niftiBytes({ dim: [3, 800, 800, 800] }));
  await expect(openNifti(new Blob([lying]), { name: 'v.nii.gz' })).rejects.toThrow(/even if it packs perfectly/);
});
