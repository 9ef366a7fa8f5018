// Every file of ../shared/data/formats, through the page's importers and through `inspect --json`: as expected.json says, or
// refused in words that name what it would need.
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { importFiles } from '../../src/app/importFiles';
import { run } from '../../src/cli/inspect';
import { type Affine, applyAffine, invertAffine, type Triple } from '../../src/data/affine';
import { openVolume } from '../../src/data/openVolume';
import { listShared, needShared, readShared } from '../harness/shared';
import { sharedFolder } from '../harness/sharedFolder';

interface Expected {
  readonly format?: string;
  readonly shape?: number[];
  readonly affine?: number[][];
  readonly scaled_min?: number;
  readonly scaled_max?: number;
  readonly scaled_mean?: number;
  readonly modality?: string | null;
  readonly transfer_syntax?: string | null;
  readonly SamplesPerPixel?: number;
  readonly NumberOfFrames?: number;
  readonly PhotometricInterpretation?: string;
  readonly RescaleSlope?: number;
  readonly RescaleIntercept?: number;
  readonly stored_min?: number;
  readonly stored_max?: number;
  readonly Rows?: number;
  readonly Columns?: number;
}

const all = async (): Promise<Record<string, Expected>> =>
  JSON.parse(new TextDecoder().decode(await readShared('data', 'formats/expected.json')));
const file = async (path: string) =>
  new File([await readShared('data', `formats/${path}`)], path.slice(path.lastIndexOf('/') + 1));

/** Words that a file must be refused with; null: it must open. */
function refusal(path: string, e: Expected): RegExp | null {
  if (!path.startsWith('dicom/')) return null;
  const syntax = (e.transfer_syntax ?? '').replace('1.2.840.10008.1.2', '');
  if (['rtplan.dcm', 'rtstruct.dcm', 'no_meta_group_length.dcm'].some((n) => path.endsWith(n)))
    return /has no pixels \(modality|is no DICOM file \(DICM is missing/;
  if (syntax.startsWith('.4.')) return /pixels are compressed \((JPEG|lossless JPEG|JPEG-LS|JPEG 2000)/;
  if (e.modality === 'RTDOSE') return /DICOM RTDOSE file is not read/;
  if (e.modality === 'SEG') return path.includes('cr_binary') ? /does not say where|belongs to no volume/ : null;
  if (e.SamplesPerPixel !== 1 || e.PhotometricInterpretation === 'PALETTE COLOR') return /it is in colour/;
  return null;
}

test('NIfTI, NRRD and MetaImage, each folder dropped as a whole', async (context) => {
  await needShared(context, 'data');
  const expected = await all();
  for (const folder of ['nifti', 'nrrd', 'metaimage']) {
    const names = await listShared('data', `formats/${folder}`);
    const files = await Promise.all(names.map((n) => file(`${folder}/${n}`)));
    const { cases, refused, additions } = await importFiles(files);
    expect(refused).toEqual([]);
    expect(additions).toEqual([]);
    const halves = names.filter((n) => /\.(raw|img\.gz)$/.test(n)).length;
    // Of a file with up to four volumes each is open.
    const more = cases.filter((c) => / \[\d of \d\]/.test(c.info.name)).length;
    expect(more).toBe(folder === 'nifti' ? 4 : 0);
    expect(cases).toHaveLength(names.length - halves + more);
    for (const { info: named, values } of cases) {
      const [, part = '1'] = / \[(\d) of/.exec(named.name) ?? [];
      const info = { ...named, name: named.name.replace(/ \[.*?\]/, '') };
      const e = expected[`${folder}/${info.name}`];
      const beside = async (name: string) => (names.includes(name) ? file(`${folder}/${name}`) : null);
      const volume = await (await openVolume(await file(`${folder}/${info.name}`), info.name, beside)).read(
        Number(part) - 1,
      );
      if (e.shape) {
        const [nx = 1, ny = 1, nz = 1] = e.shape;
        expect(info.source.dims, info.name).toEqual([nx, ny, nz]);
      }
      const affine = (e.affine ?? volume.affine) as unknown as Affine;
      // Where a voxel of the case lies in space there lies the same voxel of the file, by the reference's affine.
      const [nx, ny, nz] = info.dims;
      for (let n = 0; n < 40; n++) {
        const at: Triple = [(n * 7) % nx, (n * 5) % ny, (n * 3) % nz];
        const [i, j, k] = applyAffine(invertAffine(affine), applyAffine(info.affine, at)).map(Math.round);
        const index = (k * info.source.dims[1] + j) * info.source.dims[0] + i;
        expect(values[(at[2] * ny + at[1]) * nx + at[0]], info.name).toEqual(volume.data[index]);
      }
      if (e.shape?.slice(3).every((d) => d === 1)) {
        const span = (e.scaled_max ?? 0) - (e.scaled_min ?? 0);
        expect(Math.abs(info.range[0] - (e.scaled_min ?? 0)), info.name).toBeLessThanOrEqual(1e-6 * span);
        expect(Math.abs(info.range[1] - (e.scaled_max ?? 0)), info.name).toBeLessThanOrEqual(1e-6 * span);
      }
    }
  }
});

test('DICOM, one by one and as series', async (context) => {
  await needShared(context, 'data');
  const expected = await all();
  const counts = { opened: 0, refused: 0 };
  for (const [path, e] of Object.entries(expected).filter(([p]) => /^dicom\/[^/]+$/.test(p))) {
    const { cases, refused } = await importFiles([await file(path)]);
    const words = refusal(path, e);
    if (words) {
      expect(
        refused.map((r) => r.message),
        path,
      ).toEqual([expect.stringMatching(words)]);
      counts.refused++;
      continue;
    }
    expect(refused, path).toEqual([]);
    counts.opened++;
    if (e.modality === 'SEG') continue;
    const scaled = (v = 0) => v * (e.RescaleSlope ?? 1) + (e.RescaleIntercept ?? 0);
    const [{ info }] = cases;
    expect(info.source.dims, path).toEqual([e.Columns, e.Rows, 1]);
    expect(info.range, path).toEqual([scaled(e.stored_min), scaled(e.stored_max)]);
  }
  expect(counts.opened).toBeGreaterThanOrEqual(13);
  expect(counts.refused).toBeGreaterThanOrEqual(18);
  const series = async (folder: string) =>
    Promise.all((await listShared('data', `formats/dicom/${folder}`)).map((n) => file(`dicom/${folder}/${n}`)));
  const both = await importFiles([...(await series('series-brain')), ...(await series('series-ct2'))]);
  expect(both.refused).toEqual([]);
  expect(both.cases.map((c) => c.info.source.dims)).toEqual([
    [256, 256, 19],
    [16, 16, 3],
  ]);
  // What is missing is said, not kept from the person who looks at three slices.
  expect(both.warnings.map((w) => w.message)).toEqual([
    expect.stringMatching(/17106 and 3 more: slices are missing \(202\.500 mm between 17106 and 17136.*3 of 4 slices/),
  ]);
});

afterEach(() => vi.restoreAllMocks());

test('inspect --json', async (context) => {
  await needShared(context, 'data');
  const expected = await all();
  const root = join(sharedFolder('data'), 'formats');
  const out: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((t) => void out.push(String(t)));
  const paths = Object.keys(expected).filter((p) => !p.endsWith('.raw'));
  await run([
    ...paths.map((p) => join(root, p)),
    join(root, 'dicom/series-brain'),
    join(root, 'dicom/series-ct2'),
    '--json',
  ]);
  const found: Record<string, unknown>[] = JSON.parse(out.join('\n'));
  expect(found).toHaveLength(paths.length + 2);
  for (const [i, path] of paths.entries()) {
    const words = refusal(path, expected[path]);
    const report = found[i];
    if (words) expect(report.error, path).toMatch(words);
    else expect(report, path).toMatchObject({ kind: 'volume', axes: expect.stringMatching(/^[A-Z]{3}$/) });
  }
  expect(found.at(-2)).toMatchObject({ shape: [256, 256, 19], notes: expect.anything() });
  expect(found.at(-1)).toMatchObject({ shape: [16, 16, 3], notes: [expect.stringMatching(/^slices are missing/)] });
});
