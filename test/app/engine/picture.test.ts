import { expect, test } from 'vitest';
import { filePicture, MAX_SHOWN, SAMPLE_SIZE, samplePicture } from '../../../src/app/engine/picture';
import { ImageError } from '../../../src/data/errors';
import { encodePng } from '../../../src/data/image';

/** A PNG of one colour. */
const png = (width: number, height: number, name = 'scan.png') =>
  new File([encodePng({ width, height, data: new Uint8Array(width * height * 3).fill(77) })], name);

test('a sample comes with its truth and in the size of the model', () => {
  const { picture, pixels } = samplePicture('fundus', 0, 64);
  expect(picture.info).toMatchObject({ id: 'fundus-1-0000', width: SAMPLE_SIZE, height: SAMPLE_SIZE });
  expect(picture.info.truth?.objects.map((o) => o.name)).toEqual(['optic disc', 'optic cup']);
  expect([picture.input.width, picture.input.height, picture.input.data.length]).toEqual([64, 64, 64 * 64 * 3]);
  expect(pixels.length).toBe(SAMPLE_SIZE ** 2 * 4);
  expect(pixels[3]).toBe(255);
});

test('a file keeps its shape: the longer side becomes the model’s', async () => {
  const { picture } = await filePicture(png(60, 30), 'x', 64);
  expect(picture.input).toMatchObject({ width: 64, height: 32 });
  expect(picture.original).toEqual([30, 60]);
  expect(picture.info).toMatchObject({ id: 'x', name: 'scan.png', fileWidth: 60, truth: null });
});

test('a large file is shown smaller and says what it was', async () => {
  const { picture, pixels } = await filePicture(png(MAX_SHOWN * 2, MAX_SHOWN), 'x', 64);
  expect(picture.info).toMatchObject({ width: MAX_SHOWN, height: MAX_SHOWN / 2, fileWidth: MAX_SHOWN * 2 });
  expect(pixels.length).toBe((MAX_SHOWN * MAX_SHOWN * 4) / 2);
  expect(picture.input).toMatchObject({ width: 64, height: 32 });
});

test.each([
  ['an empty file', new File([], 'a.png'), /a\.png: the file is empty/],
  ['text', new File(['hello'], 'b.png'), /b\.png: it is neither PNG nor JPEG/],
  ['half a PNG', new File([png(64, 64).slice(0, 60)], 'c.png'), /c\.png/],
])('%s is refused in words', async (_, file, words) => {
  const opened = filePicture(file, 'x', 64);
  await expect(opened).rejects.toThrow(words);
  await expect(opened).rejects.toBeInstanceOf(ImageError);
});

test('an image of which nothing would be left is refused', async () => {
  await expect(filePicture(png(400, 1, 'line.png'), 'x', 64)).rejects.toThrow(
    /line\.png: 400 × 1 pixels are too narrow/,
  );
});
