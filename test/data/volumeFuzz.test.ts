// Damaged files of every format: whatever the damage, a reader answers or refuses in words, soon and within bounds.
import { expect, test } from 'vitest';
import { CheckpointError, VolumeError } from '../../src/data/errors';
import { openVolume } from '../../src/data/openVolume';
import { rng } from '../../src/data/rng';
import { needShared, readShared } from '../harness/shared';
import { niftiBytes } from './niftiBytes';

const rounds = 60;

/** Some bytes of the header changed, or the end cut off. */
function damage(bytes: Uint8Array<ArrayBuffer>, header: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = rng(seed, 'damage');
  const out = bytes.slice();
  for (let k = random.int(1, 6); k > 0; k--)
    out[random.int(0, Math.min(header, out.length) - 1)] = random.pick([0, 1, 127, 128, 255, 48, 57, 45, 32, 10]);
  return random.chance(0.2) ? out.slice(0, random.int(1, out.length)) : out;
}

async function attempt(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<void> {
  try {
    const file = await openVolume(new Blob([bytes]), name);
    await file.statistics();
    await file.read(file.info.channels > 1 ? 0 : undefined);
  } catch (error) {
    const expected = error instanceof VolumeError || error instanceof CheckpointError;
    expect(expected, `${name}: ${error instanceof Error ? error.stack : error}`).toBe(true);
    expect((error as Error).message).toMatch(/ — /);
  }
}

test('NIfTI-1 and -2', async () => {
  for (let i = 0; i < rounds; i++) {
    await attempt(damage(niftiBytes({ version: 1 }), 352, i), `nifti ${i}`);
    await attempt(damage(niftiBytes({ version: 2, endian: 'big' }), 544, i), `nifti2 ${i}`);
  }
});

for (const [path, header] of [
  ['nifti/standard.nii.gz', 143],
  ['nrrd/ct_raw.nrrd', 260],
  ['nrrd/ct_gzip.nrrd', 300],
  ['metaimage/ct.mha', 330],
  ['metaimage/ct_compressed.mha', 400],
  ['dicom/MR_small.dcm', 1600],
  ['dicom/MR_small_implicit.dcm', 1600],
  ['dicom/hd_seg_image_ct_binary.dcm', 4380],
] as const) {
  test(path, async (context) => {
    await needShared(context, 'data');
    const bytes = await readShared('data', `formats/${path}`);
    for (let i = 0; i < rounds; i++) await attempt(damage(bytes, header, i), `${path} ${i}`);
  }, 60_000);
}
