import { expect, test } from 'vitest';
import { openDicom } from '../../src/data/dicom';
import { listShared, needShared, readShared } from '../harness/shared';

interface Expected {
  readonly modality: string | null;
  readonly transfer_syntax: string | null;
  readonly Rows?: number;
  readonly Columns?: number;
  readonly NumberOfFrames?: number;
  readonly SamplesPerPixel?: number;
  readonly BitsAllocated?: number;
  readonly PhotometricInterpretation?: string;
  readonly RescaleSlope?: number;
  readonly RescaleIntercept?: number;
  readonly PixelSpacing?: [number, number];
  readonly ImagePositionPatient?: [number, number, number];
  readonly stored_min?: number;
  readonly stored_max?: number;
  readonly stored_sum?: number;
}

// Uncompressed, RLE Lossless, deflated.
const plain = ['', '.1', '.2', '.5', '.1.99'].map((end) => `1.2.840.10008.1.2${end}`);
const readable = (e: Expected) =>
  plain.includes(e.transfer_syntax ?? '') &&
  e.SamplesPerPixel === 1 &&
  (e.NumberOfFrames ?? 1) === 1 &&
  e.BitsAllocated !== 1 &&
  /^MONOCHROME/.test(e.PhotometricInterpretation ?? '');

const file = async (name: string) => ({ name, blob: new Blob([await readShared('data', `formats/dicom/${name}`)]) });
const expectations = async (): Promise<Record<string, Expected>> =>
  JSON.parse(new TextDecoder().decode(await readShared('data', 'formats/expected.json')));

test('every grey slice of the samples that is uncompressed, RLE or deflated reads as expected.json says; all others are refused by name', async (context) => {
  await needShared(context, 'data');
  const all = await expectations();
  const counts = { read: 0, refused: 0 };
  for (const name of (await listShared('data', 'formats/dicom')).filter((n) => n.endsWith('.dcm'))) {
    const e = all[`dicom/${name}`];
    if (!readable(e)) {
      await expect(openDicom([await file(name)]), name).rejects.toThrow(
        /compressed \(|in colour|has no pixels|DICOM SEG|DICOM RTDOSE|frames, and|is no DICOM file/,
      );
      counts.refused++;
      continue;
    }
    const opened = await openDicom([await file(name)]);
    const [slope, intercept] = [e.RescaleSlope ?? 1, e.RescaleIntercept ?? 0];
    expect(opened.info, name).toMatchObject({ format: 'DICOM', shape: [e.Columns, e.Rows, 1], slope, intercept });
    expect(opened.info.spacing[0], name).toBeCloseTo(e.PixelSpacing?.[1] ?? 1, 5);
    expect(opened.info.spacing[1], name).toBeCloseTo(e.PixelSpacing?.[0] ?? 1, 5);
    const stats = await opened.statistics();
    const n = (e.Rows ?? 0) * (e.Columns ?? 0);
    const scaled = (v = 0) => expect.closeTo(v * slope + intercept, 6);
    expect(stats, name).toMatchObject({
      min: scaled(e.stored_min),
      max: scaled(e.stored_max),
      mean: scaled((e.stored_sum ?? 0) / n),
      count: n,
    });
    counts.read++;
  }
  expect(counts.read).toBeGreaterThanOrEqual(11);
  expect(counts.refused).toBeGreaterThanOrEqual(18);
});

test('a series of 19 slices, given in any order: sorted, spaced and oriented by its positions', async (context) => {
  await needShared(context, 'data');
  const all = await expectations();
  const names = (await listShared('data', 'formats/dicom/series-brain')).map((n) => `series-brain/${n}`);
  const files = await Promise.all(
    [...names]
      .reverse()
      .sort((a, b) => a.charCodeAt(a.length - 5) - b.charCodeAt(b.length - 5))
      .map(file),
  );
  const opened = await openDicom(files);
  expect(opened.info).toMatchObject({ shape: [256, 256, 19], axes: 'LPS', dtype: 'int16' });
  expect(opened.info.spacing[2]).toBeCloseTo(Math.hypot(16.9, 124.8) / 18, 4); // first to last slice
  const [first, last] = [all['dicom/series-brain/brain_002.dcm'], all['dicom/series-brain/brain_020.dcm']];
  const { affine } = opened.info;
  const at = (z: number) => [0, 1, 2].map((r) => affine[r][2] * z + affine[r][3]);
  const ras = ([x, y, z]: readonly number[]) => [-x, -y, z];
  for (const [z, e] of [
    [0, first],
    [18, last],
  ] as const) {
    for (const [r, v] of at(z).entries()) expect(v).toBeCloseTo(ras(e.ImagePositionPatient ?? [])[r], 3);
  }
  const volume = await opened.read();
  for (const [z, name] of names.entries()) {
    const sum = Array.from(volume.data.subarray(z * 65536, (z + 1) * 65536)).reduce((a, v) => a + v, 0);
    expect(sum, name).toBe(all[`dicom/${name}`].stored_sum);
  }
});

test('a CT series is in Hounsfield units; missing slices, doubles and strangers are refused by name', async (context) => {
  await needShared(context, 'data');
  const names = await listShared('data', 'formats/dicom/series-ct2');
  const files = await Promise.all(names.map((n) => file(`series-ct2/${n}`)));
  const near = await openDicom(files.slice(1));
  expect(near.info).toMatchObject({ shape: [16, 16, 3], axes: 'LPS', slope: 1, intercept: -1024 });
  expect(near.info.spacing.map((s) => Number(s.toFixed(4)))).toEqual([0.4883, 0.4883, 1.25]);
  const volume = await near.read();
  expect(volume.data).toBeInstanceOf(Int16Array);
  expect(await near.statistics()).toMatchObject({ min: 1101 - 1024, max: 2513 - 1024 });
  await expect(openDicom(files)).rejects.toThrow(
    /17136: slices are unevenly spaced \(202\.500 mm between .*17106 and .*17136, elsewhere 1\.250 mm\) — slices are missing/,
  );
  const longest = await openDicom(files, { gaps: 'longest' });
  expect(longest.info).toMatchObject({ shape: [16, 16, 3], affine: near.info.affine });
  expect(longest.info.warnings).toEqual([
    expect.stringMatching(/^slices are missing \(202\.500 mm .*3 of 4 slices, .*17136 to .*17196$/),
  ]);
  await expect(openDicom([files[1], files[1]])).rejects.toThrow(/lies at the same place as/);
  await expect(openDicom([...files.slice(1), await file('CT_small.dcm')])).rejects.toThrow(
    /CT_small\.dcm: its series .* differs from that of/,
  );
});

test('files that are none, cut short, or empty', async (context) => {
  await needShared(context, 'data');
  const { blob } = await file('CT_small.dcm');
  const open = (b: Blob) => openDicom([{ name: 'x.dcm', blob: b }]);
  await expect(open(blob.slice(0, blob.size - 20000))).rejects.toThrow(/x\.dcm: .*(truncated)/);
  await expect(open(blob.slice(0, 900))).rejects.toThrow(/truncated or damaged|has no pixels/);
  await expect(open(new Blob(['no']))).rejects.toThrow(/is no DICOM file/);
  await expect(open(new Blob([]))).rejects.toThrow(/empty/);
  await expect(openDicom([])).rejects.toThrow(/0 files/);
});
