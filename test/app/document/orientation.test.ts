import { existsSync, openAsBlob, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLANES, planeOf, slicePixels, voxelAt } from '../../../src/app/document/planes';
import type { NewCase } from '../../../src/app/importer';
import { importFiles } from '../../../src/app/importFiles';
import { sharedFolder } from '../../harness/sharedFolder';
import { isPlacedSlice, type RawVolume, readRaw, readSeriesRaw, withoutGap } from './rawVolume';

/**
 * What a radiologist expects of each plane, in patient directions (0 left to right, 1 back to front, 2 feet to head; all three grow): to the
 * right and downwards on the screen these coordinates fall.
 */
const EXPECTED = {
  axial: { right: 0, down: 1, letters: ['R', 'L', 'A', 'P'] },
  coronal: { right: 0, down: 2, letters: ['R', 'L', 'S', 'I'] },
  sagittal: { right: 1, down: 2, letters: ['A', 'P', 'S', 'I'] },
} as const;

const data = sharedFolder('data');
const there = existsSync(data);

const filesIn = (folder: string, name: RegExp): string[] =>
  there
    ? readdirSync(join(data, folder), { recursive: true })
        .map(String)
        .filter((f) => name.test(f))
        .map((f) => join(data, folder, f))
    : [];

const volumes = there ? readdirSync(data).filter((f) => f.startsWith('volumes-')) : [];
const name = /\.(nii(\.gz)?|hdr(\.gz)?|nrrd|nhdr|mha|mhd)$/;
const single = [...filesIn('formats', name), ...volumes.flatMap((f) => filesIn(f, name))].filter(
  (f) => !f.includes('/dicom/'),
);
const series = there
  ? ['formats/dicom/series-brain', 'formats/dicom/series-ct2', 'volumes-liver-ct-dicom/ct'].map((f) =>
      readdirSync(join(data, f)).map((n) => join(data, f, n)),
    )
  : [];
const slices = there
  ? readdirSync(join(data, 'formats/dicom'))
      .filter((n) => n.endsWith('.dcm'))
      .map((n) => join(data, 'formats/dicom', n))
      .filter(isPlacedSlice)
  : [];

const fileOf = async (path: string): Promise<File> => new File([await openAsBlob(path)], basename(path));

/** Other files that belong to this one. */
const besides = (path: string): string[] => {
  const stem = basename(path).replace(/\.(hdr|nhdr|mhd)(\.gz)?$/, '');
  const halves = /\.(hdr|nhdr|mhd)(\.gz)?$/.test(path) ? [`${stem}.img`, `${stem}.img.gz`, `${stem}.raw`] : [];
  return halves.map((h) => join(dirname(path), h)).filter((p) => existsSync(p));
};

const open = async (paths: readonly string[]): Promise<NewCase> => {
  const { cases, refused } = await importFiles(await Promise.all(paths.map(fileOf)));
  expect(refused).toEqual([]);
  return cases[0];
};

const norm = (v: readonly number[]) => Math.hypot(...v);
const minus = (a: readonly number[], b: readonly number[]) => a.map((x, k) => x - b[k]);
const world = (rows: readonly (readonly number[])[], p: readonly number[]) =>
  [0, 1, 2].map((r) => rows[r][0] * p[0] + rows[r][1] * p[1] + rows[r][2] * p[2] + rows[r][3]);

/** Which stored axis lies nearest to each patient direction: the assignment with the largest sum of cosines. */
function nearestAxes({ columns }: RawVolume): readonly number[] {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const sum = (order: readonly number[]) =>
    order.reduce((s, axis, r) => s + Math.abs(columns[axis][r]) / norm(columns[axis]), 0);
  return orders.reduce((best, o) => (sum(o) > sum(best) ? o : best));
}

/** Stored indices of a place in mm, by Cramer's rule. */
function indicesOf({ columns: [a, b, c], origin }: RawVolume, mm: readonly number[]): number[] {
  const det = (x: readonly number[], y: readonly number[], z: readonly number[]) =>
    x[0] * (y[1] * z[2] - y[2] * z[1]) - y[0] * (x[1] * z[2] - x[2] * z[1]) + z[0] * (x[1] * y[2] - x[2] * y[1]);
  const p = minus(mm, origin);
  const all = det(a, b, c);
  return [det(p, b, c) / all, det(a, p, c) / all, det(a, b, p) / all];
}

/** Compares the planes of a case with the header's own words; gives the number of values compared. */
function check({ info, values }: NewCase, raw: RawVolume): number {
  const axes = nearestAxes(raw);
  let compared = 0;
  for (const plane of PLANES) {
    const { right, down, letters } = EXPECTED[plane];
    const across = [0, 1, 2].find((r) => r !== right && r !== down)!;
    const g = planeOf(info, plane);
    expect(g.letters, plane).toEqual(letters);
    expect([g.columns, g.rows, g.slices], plane).toEqual([right, down, across].map((r) => raw.dims[axes[r]]));
    const at = (x: number, y: number, s: number) => world(info.affine, voxelAt(g, x, y, s));
    // One pixel to the right or down is one step along the stored axis, towards the falling coordinate.
    for (const [direction, to] of [
      [right, at(1, 0, 0)],
      [down, at(0, 1, 0)],
    ] as const) {
      const step = minus(to, at(0, 0, 0));
      const stored = raw.columns[axes[direction]];
      const sign = stored[direction] < 0 ? 1 : -1;
      for (const k of [0, 1, 2]) expect(step[k], plane).toBeCloseTo(sign * stored[k], 3);
    }
    const [w, h] = [right, down].map((r) => norm(raw.columns[axes[r]]));
    expect(g.pixel[0] / g.pixel[1], plane).toBeCloseTo(w / h, 3);
    const slices = [...new Set([0, 1, 2, 3].map((k) => Math.round(((g.slices - 1) * k) / 3)))];
    // Collected, not expected one by one: there are a hundred thousand of them.
    const wrong: string[] = [];
    for (const slice of slices) {
      const pixels = slicePixels(values, g, info.dims, slice);
      for (let k = 0; k < 60; k++) {
        const x = k < 2 ? k * (g.columns - 1) : (k * 7919) % g.columns;
        const y = k < 2 ? 0 : (k * 104729) % g.rows;
        const found = indicesOf(raw, at(x, y, slice));
        const [i, j, l] = found.map(Math.round);
        const off = Math.max(...found.map((v, n) => Math.abs(v - [i, j, l][n])));
        if (!(off < 0.02)) wrong.push(`pixel ${x}, ${y} of slice ${slice} lies ${off} voxels off the stored grid`);
        const wanted = raw.value(i, j, l);
        if (!Number.isFinite(wanted)) continue;
        const got = pixels[y * g.columns + x];
        const same = Math.abs(got - wanted) <= 1e-4 * Math.max(1, Math.abs(wanted));
        if (!same) wrong.push(`pixel ${x}, ${y} of slice ${slice} is ${got}, stored at ${i}, ${j}, ${l}: ${wanted}`);
        compared++;
      }
    }
    expect(wrong, plane).toEqual([]);
  }
  return compared;
}

describe('every plane of every sample volume agrees with its header', () => {
  if (!there) test('sample volumes', (context) => context.skip('the sample files are not beside this checkout'));

  for (const path of single)
    test(relative(data, path), async (context) => {
      const raw = readRaw(path);
      // Neither sform nor qform: what such a header means is told by the reader's own tests.
      if (!raw) return context.skip('no orientation in its header');
      const made = await open([path, ...besides(path)]);
      if (made.info.kind !== 'volume') return context.skip('not opened as a volume');
      expect(check(made, raw)).toBeGreaterThan(0);
    });

  for (const paths of series)
    test(relative(data, dirname(paths[0])), async () => {
      // Of a series in which slices are missing the longest stretch is opened: of series-ct2 three slices of four.
      const whole = withoutGap(paths);
      expect(whole.length).toBe(paths[0].includes('series-ct2') ? 3 : paths.length);
      expect(check(await open(paths), readSeriesRaw(whole))).toBeGreaterThan(300);
    });

  for (const path of slices)
    test(relative(data, path), async () => {
      expect(check(await open([path]), readSeriesRaw([path]))).toBeGreaterThan(100);
    });
});

describe('the check itself', () => {
  let raw: RawVolume;
  beforeAll(() => {
    raw = {
      dims: [3, 4, 2],
      columns: [
        [-2, 0, 0],
        [0, 1, 0],
        [0, 0, 3],
      ],
      origin: [10, -5, 7],
      value: (i, j, k) => i + 10 * j + 100 * k,
    };
  });

  test('finds stored indices again, and the nearest axes', () => {
    expect(indicesOf(raw, [10 - 2 * 2, -5 + 3, 7 + 3])).toEqual([2, 3, 1]);
    expect(
      nearestAxes({
        ...raw,
        columns: [
          [0, 0.9, 0.4],
          [0, -0.4, 0.9],
          [1, 0, 0],
        ],
      }),
    ).toEqual([2, 0, 1]);
  });
});
