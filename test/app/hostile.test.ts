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

const meta = (...fields: string[]) =>
  `${['ObjectType = Image', 'NDims = 3', 'ElementType = MET_SHORT', ...fields, 'ElementDataFile = LOCAL'].join('\n')}\n`;

/** Bytes that do not pack. */
const noise = (length: number) => Uint8Array.from({ length }, (_, i) => Math.abs(Math.sin(i + 1)) * 1e6);

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
  ['a page of an error as a picture', 'a.png', () => new Blob(['<!DOCTYPE html><h1>404</h1>']), /^a\.png: .*web page/],
  [
    'a film under its own name',
    'a.webm',
    () => new Blob([Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3), new Uint8Array(500)]),
    /^a\.webm: no file of a known kind .*(video|Matroska|WebM)/,
  ],
  ['a PNG of 200 MB', 'a.png', () => png(8, 8, 200 * 2 ** 20), /^a\.png: 8 × 8 pixels in 200\.0 MiB; at most/],
  [
    'a JPEG of four gigapixels',
    'a.jpg',
    // Start, frame header (8 bits, 65535 × 65535, grey), and nothing more.
    () => new Blob([Uint8Array.of(255, 216, 255, 192, 0, 11, 8, 255, 255, 255, 255, 1, 1, 17, 0), new Uint8Array(64)]),
    /^a\.jpg: 65535 × 65535 pixels .* at most 50 megapixels/,
  ],
  [
    'a NIfTI-2 of more voxels than numbers can count',
    'a.nii',
    () => {
      const bytes = niftiBytes({ version: 2 });
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      for (const at of [24, 32, 40]) view.setBigInt64(at, 2n ** 62n, true);
      return new Blob([bytes as Uint8Array<ArrayBuffer>]);
    },
    /^a\.nii: /,
  ],
  [
    'a packed file that ends within its voxels',
    'a.nii.gz',
    async () => {
      const bytes = noise(352 + 60_000);
      bytes.set(niftiBytes({ dim: [3, 100, 100, 6, 1, 1, 1, 1], code: 2, bits: 8 }).subarray(0, 352));
      return new Blob([(await gzip(bytes)).slice(0, 5000)]);
    },
    /^a\.nii\.gz: .*(does not unpack|truncated)/,
  ],
  [
    'a packed NRRD that ends within its voxels',
    'a.nrrd',
    async () =>
      new Blob([
        nrrd('sizes: 64 64 8', 'space directions: (1,0,0) (0,1,0) (0,0,1)', 'endian: little', 'encoding: gzip'),
        (await gzip(noise(131_072))).slice(0, 900),
      ]),
    /^a\.nrrd: .*(does not unpack|truncated)/,
  ],
  [
    'a MetaImage of terabytes',
    'a.mha',
    () => new Blob([meta('DimSize = 100000 100000 100000', 'CompressedData = True'), new Uint8Array(99)]),
    /^a\.mha: 100000 × 100000 × 100000 voxels take/,
  ],
  [
    'a packed MetaImage that holds something else',
    'a.mha',
    () => new Blob([meta('DimSize = 8 8 8', 'CompressedData = True'), new Uint8Array(99).fill(7)]),
    /^a\.mha: /,
  ],
  ...['png', 'jpg', 'nii.gz', 'nrrd', 'mha', 'dcm', 'zip', 'session.json', 'coco.json'].map(
    (end): (typeof hostile)[number] => [
      `nothing, as .${end}`,
      `a.${end}`,
      () => new Blob([]),
      /^a\..*: the file is empty/,
    ],
  ),
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

/** A sample DICOM file with these bytes put in the place of others, wherever these are first. */
async function dicom(name: string, from: string, to: Uint8Array): Promise<File> {
  const bytes = (await readShared('data', `formats/dicom/${name}`)).slice();
  const at = Buffer.from(bytes).indexOf(Buffer.from(from, 'latin1'));
  expect(at, from).toBeGreaterThan(0);
  bytes.set(to, at);
  return new File([bytes], 'a.dcm');
}

test('a DICOM file in another byte order than it says, of terabytes, in colour, and two of one place', async (context) => {
  await needShared(context, 'data');
  const latin = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
  const swapped = await dicom('MR_small_bigendian.dcm', '1.2.840.10008.1.2.2', latin('1.2.840.10008.1.2.1'));
  const other = await dicom('MR_small.dcm', '1.2.840.10008.1.2.1', latin('1.2.840.10008.1.2.2'));
  // Rows and columns: (0028,0010) and (0028,0011), two bytes each.
  const rows = await dicom('MR_small.dcm', '\x28\0\x10\0US\x02\0', latin('\x28\0\x10\0US\x02\0\xff\xff'));
  const colour = new File([await readShared('data', 'formats/dicom/examples_rgb_color.dcm')], 'a.dcm');
  for (const [file, words] of [
    [swapped, /^a\.dcm: .{20,}/],
    [other, /^a\.dcm: .{20,}/],
    [rows, /^a\.dcm: .{20,}/],
    [colour, /^a\.dcm: it is in colour \(RGB/],
  ] as const) {
    const { cases, refused } = await importFiles([file, good]);
    expect(refused.map((r) => r.message)).toEqual([expect.stringMatching(words)]);
    expect(cases.map((c) => c.info.name)).toEqual(['good.png']);
  }
  const slice = async (as: string) => new File([await readShared('data', 'formats/dicom/MR_small.dcm')], as);
  const twice = await importFiles([await slice('one.dcm'), await slice('two.dcm'), good]);
  expect(twice.refused.map((r) => r.message)).toEqual([expect.stringMatching(/lies at the same place as one\.dcm/)]);
  expect(twice.cases.map((c) => c.info.name)).toEqual(['good.png']);
});
