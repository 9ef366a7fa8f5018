// Files that mean harm, or nothing: refused in words, before anything of their size is allocated, beside a good one that opens.
import { expect, test } from 'vitest';
import { importFiles } from '../../src/app/importFiles';
import { gzip } from '../../src/data/gunzip';
import { encodePng } from '../../src/data/image';
import { niftiBytes } from '../data/niftiBytes';
import { needShared, readShared } from '../harness/shared';

const good = new File([encodePng({ width: 8, height: 8, data: new Uint8Array(192).fill(9) })], 'good.png');
const text = (...lines: string[]) => `${lines.join('\n')}\n\n`;

/** A PNG whose header claims another size; with `filler` bytes behind. */
function png(width: number, height: number, filler = 0): Blob {
  const bytes = encodePng({ width: 8, height: 8, data: new Uint8Array(192) });
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return new Blob([bytes, new Uint8Array(filler)]);
}

const nifti = (change: (view: DataView) => void) => {
  const bytes = niftiBytes({});
  change(new DataView(bytes.buffer, bytes.byteOffset));
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
};
const nrrd = (...fields: string[]) =>
  new Blob([text('NRRD0004', 'type: float', 'dimension: 3', 'space: left-posterior-superior', ...fields)]);

const hostile: [string, string, () => Blob | Promise<Blob>, RegExp][] = [
  ['nothing', 'a.nii', () => new Blob([]), /^a\.nii: the file is empty — get it again$/],
  [
    'a video',
    'a.png',
    () => new Blob([Uint8Array.of(0, 0, 0, 24), 'ftypisom', new Uint8Array(500)]),
    /^a\.png: .*a video \(MP4/,
  ],
  ['a page of an error', 'a.nii.gz', () => new Blob(['<!DOCTYPE html><h1>404</h1>']), /^a\.nii\.gz: .*web page/],
  [
    'a PNG of 3.6 gigapixels',
    'a.png',
    () => png(60_000, 60_000),
    /^a\.png: 60000 × 60000 pixels .* at most 50 megapixels/,
  ],
  [
    'a PNG of 130 MB',
    'a.png',
    () => png(6000, 6000, 130 * 2 ** 20),
    /^a\.png: 6000 × 6000 pixels in 130\.0 MiB; at most .* 128\.0 MiB are read/,
  ],
  [
    'a PNG of a size that its bytes cannot hold',
    'a.png',
    () => png(7000, 7000),
    /^a\.png: it claims 7000 × 7000 pixels but has only/,
  ],
  [
    'a JPEG without an end',
    'a.jpg',
    () => new Blob([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), new Uint8Array(64)]),
    /^a\.jpg: JPEG/,
  ],
  [
    'a NIfTI that asks for terabytes',
    'a.nii',
    () =>
      nifti((v) => {
        for (const at of [42, 44, 46]) v.setInt16(at, 32767, true);
      }),
    /^a\.nii: 32767 × 32767 × 32767 voxels take 64\.0 TiB, at most 2\.0 GiB/,
  ],
  [
    'a NIfTI of more than it has',
    'a.nii',
    () => nifti((v) => v.setInt16(42, 2000, true)),
    /^a\.nii: 2000 × .*voxels need .* bytes, the file has \d+ bytes — it is truncated/,
  ],
  ['a NIfTI of negative size', 'a.nii', () => nifti((v) => v.setInt16(42, -3, true)), /^a\.nii: dimensions -3/],
  [
    'a NIfTI in two byte orders',
    'a.nii',
    () => nifti((v) => v.setInt16(40, 3, false)),
    /^a\.nii: the header names 768 dimensions/,
  ],
  [
    'a NIfTI without space',
    'a.nii',
    () =>
      nifti((v) => {
        for (const at of [80, 84, 88]) v.setFloat32(at, Number.NaN, true);
      }),
    /^a\.nii: the voxel spacing along x is NaN/,
  ],
  [
    'a packed file that unpacks to less than it says',
    'a.nii.gz',
    async () => new Blob([await gzip(new Uint8Array(await nifti((v) => v.setInt16(42, 900, true)).arrayBuffer()))]),
    /^a\.nii\.gz: /,
  ],
  [
    'a packed file that is cut off',
    'a.nii.gz',
    async () => new Blob([(await gzip(new Uint8Array(await nifti(() => {}).arrayBuffer()))).slice(0, 60)]),
    /^a\.nii\.gz: .*(does not unpack|truncated)/,
  ],
  [
    'a volume that cannot be drawn',
    'a.nrrd',
    () => nrrd('sizes: 4096 1 1', 'space directions: (1,0,0) (0,1,0) (0,0,1)', 'encoding: raw').slice(),
    /^a\.nrrd: /,
  ],
  [
    'an NRRD of exabytes',
    'a.nrrd',
    () => nrrd('sizes: 1000000 1000000 1000000', 'encoding: gzip'),
    /^a\.nrrd: 1000000 × 1000000 × 1000000 voxels take/,
  ],
  [
    'an NRRD of an encoding that is not read',
    'a.nrrd',
    () => nrrd('sizes: 2 2 2', 'encoding: bzip2'),
    /^a\.nrrd: NRRD encoding "bzip2" is not read/,
  ],
  [
    'an NRRD that points elsewhere',
    'a.nhdr',
    () => nrrd('sizes: 2 2 2', 'encoding: raw', 'data file: ../../etc/passwd'),
    /^a\.nhdr: its voxels lie in ".*passwd", which is not beside it/,
  ],
  [
    'a MetaImage of negative size',
    'a.mha',
    () =>
      new Blob(['ObjectType = Image\nNDims = 3\nDimSize = 2 -2 2\nElementType = MET_SHORT\nElementDataFile = LOCAL\n']),
    /^a\.mha: dimensions 2 × -2 × 2/,
  ],
  ['no session', 'a.session.json', () => new Blob(['{"objects": []}']), /^a\.session\.json: format/],
];

test.each(hostile)('%s', async (_, name, make, words) => {
  const { cases, refused, additions } = await importFiles([new File([await make()], name), good]);
  expect(refused.map((r) => r.message)).toEqual([expect.stringMatching(words)]);
  expect(cases.map((c) => c.info.name)).toEqual(['good.png']);
  expect(additions).toEqual([]);
});

test('damage anywhere in a DICOM file: words, never an exception that nobody meant', async (context) => {
  await needShared(context, 'data');
  const bytes = await readShared('data', 'formats/dicom/MR_small_RLE.dcm');
  let seed = 5;
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * n);
  };
  for (let n = 0; n < 60; n++) {
    const bad = bytes.slice(0, n % 3 ? bytes.length : random(bytes.length));
    for (let k = 0; k < 8; k++) bad[random(bad.length)] = random(256);
    const { cases, refused } = await importFiles([new File([bad], 'a.dcm')]);
    expect(cases.length + refused.length).toBe(1);
    for (const { message } of refused) expect(message).toMatch(/^a\.dcm: .{10,}/);
  }
});

test('what systems leave in folders is passed over; alone it is refused', async () => {
  const litter = ['.DS_Store', 'Thumbs.db', 'DICOMDIR'].map((name) => new File(['x'], name));
  const { cases, refused } = await importFiles([...litter, good]);
  expect([cases.length, refused.length]).toEqual([1, 0]);
  expect((await importFiles(litter.slice(0, 1))).refused).toHaveLength(1);
});
