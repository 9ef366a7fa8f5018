// Small things on disk for the tests of `adapt`: a tiny base, a folder of images with masks.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '../../src/data/image';
import { type TensorToWrite, writeSafetensors } from '../../src/data/safetensors';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';

/** A new folder that the system clears. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'medsa-lab-'));

/** Writes a random base of 32 pixels; `edit` may change its tensors. */
export async function writeBase(
  path: string,
  edit: (tensors: TensorToWrite[]) => TensorToWrite[] = (t) => t,
): Promise<void> {
  const params = makeParams(5);
  buildSam({ params }, samConfig('tiny', { imgSize: 32, patchSize: 8 }));
  const tensors: TensorToWrite[] = [];
  for (const p of params.all()) {
    const data = (await params.values(p.name)) as Float32Array<ArrayBuffer>;
    tensors.push({ name: p.name, dtype: 'F32', shape: p.shape, data });
  }
  const meta = { format: 'medsa-lab-base', base: 'tiny', imgSize: '32', patchSize: '8' };
  await writeFile(path, new Uint8Array(await writeSafetensors(edit(tensors), meta).arrayBuffer()));
}

/** Image and mask of one case: squares of value 1 and 2 on a dark ground, elsewhere for every k. */
export function pictures(k: number, width = 48, height = 40): { image: Uint8Array; mask: Uint8Array } {
  const image = new Uint8Array(width * height * 3);
  const mask = new Uint8Array(width * height);
  const [x0, y0] = [4 + ((7 * k) % 12), 3 + ((5 * k) % 10)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = inBox(x, y, x0, y0, 12) ? 1 : inBox(x, y, x0 + 16, y0 + 10, 10) ? 2 : 0;
      mask[y * width + x] = value;
      const grey = [40, 210, 130][value] + ((3 * x + 5 * y + k) % 13);
      image.fill(grey, 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return { image, mask };
}

const inBox = (x: number, y: number, x0: number, y0: number, size: number) =>
  x >= x0 && x < x0 + size && y >= y0 && y < y0 + size;

/** Writes `count` cases into images/ and masks/ of a new folder. */
export async function writeCases(count: number): Promise<string> {
  const folder = await newFolder();
  await mkdir(join(folder, 'images'));
  await mkdir(join(folder, 'masks'));
  for (let k = 0; k < count; k++) await writeCase(folder, `case${k}`, pictures(k));
  return folder;
}

/** Writes one case; sizes of the mask may differ on purpose. */
export async function writeCase(
  folder: string,
  name: string,
  { image, mask }: { image: Uint8Array; mask: Uint8Array },
  width = 48,
  maskWidth = width,
): Promise<void> {
  const height = image.length / 3 / width;
  await writeFile(join(folder, 'images', `${name}.png`), encodePng({ width, height, data: image }));
  const png = encodePng({ width: maskWidth, height: mask.length / maskWidth, channels: 1, data: mask });
  await writeFile(join(folder, 'masks', `${name}.png`), png);
}
