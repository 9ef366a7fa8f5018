import { expect, test } from 'vitest';
import { describeFile } from '../../src/data/fileReport';
import { openAny } from '../../src/data/openAny';
import { listShared, needShared, readShared } from '../harness/shared';

const folder = 'formats/nifti';
const blobOf = async (name: string) => new Blob([await readShared('data', `${folder}/${name}`)]);

async function beside(name: string): Promise<Blob | null> {
  return (await listShared('data', folder)).includes(name) ? blobOf(name) : null;
}

const fields = ['format', 'shape', 'datatype', 'endian', 'scl_slope', 'scl_inter', 'affine', 'axes', 'bytes'];
const numbers = ['scaled_min', 'scaled_max', 'scaled_mean', 'non_finite'];

/** Numbers are stated with six digits after the point; scaled values are float32 here. */
const near = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(near);
  if (typeof value !== 'number') return value;
  return expect.closeTo(value, Math.min(5, 6 - Math.ceil(Math.log10(Math.max(1, Math.abs(value))))));
};

test('every NIfTI sample has the stated shape, type, place in space and values', async (context) => {
  await needShared(context, 'data');
  const stated = JSON.parse(new TextDecoder().decode(await readShared('data', 'formats/expected.json')));
  const names = (await listShared('data', folder)).filter((n) => stated[`nifti/${n}`]?.shape);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const want = stated[`nifti/${name}`];
    const blob = await blobOf(name);
    const got = (await describeFile(await openAny(blob, name, beside), name, blob.size)) as unknown as Record<
      string,
      unknown
    >;
    for (const f of [...fields, ...numbers]) expect(got[f], `${name}: ${f}`).toEqual(near(want[f]));
    expect(got.spacing, `${name}: spacing`).toEqual(near(want.spacing.slice(0, 3)));
  }
});

test('the voxels of a pair lead to their header', async (context) => {
  await needShared(context, 'data');
  const blob = await blobOf('air.img.gz');
  const report = await describeFile(await openAny(blob, 'air.img.gz', beside), 'air.img.gz', blob.size);
  expect(report).toMatchObject({ kind: 'volume', shape: [79, 67, 64], axes: 'AIR', datatype: 'float32' });
  await expect(openAny(blob, 'air.img.gz')).rejects.toThrow('no .hdr lies beside it');
});
