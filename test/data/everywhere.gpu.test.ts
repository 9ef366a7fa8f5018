// The room of data uses no GPU; this file is among the GPU tests because those run in Node and in Chrome, and pixels and
// tensors must be equal in both.
import { expect, test } from 'vitest';
import { crc32 } from '../../src/data/bytes';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { fileFolder, objectsOf } from '../../src/data/dataset';
import { decodeImage, encodePng } from '../../src/data/image';
import { imageFolder } from '../../src/data/imageFolder';
import { needShared, readShared } from '../harness/shared';

// 24 x 16 pixels, colour, quality 60.
const jpeg =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk8BDg4OExETJhUVJk81LTVPT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT//AABEIABAAGAMBEQACEQEDEQH/xAGiAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoLEQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/AOOttMzj5azp/vDOjirGrBpIAywAFdbw1OMeeo7I9ahi30NGDS0/hjLfhWDjh3dU4uT+5f5/gezQxT6su2emgLuK8CubA1YxpupPZH5dSxOtjSg03o7rknoKl1b/AL6tq3sv0XZL+rt6+xQxPRGhDp3PzLnjoOAKwq1ne1TXTZaRXr+fX5Kx7OHxPY//2Q==';

test('a JPEG has the same pixels everywhere', async () => {
  const image = await decodeImage(new Blob([Uint8Array.from(atob(jpeg), (c) => c.charCodeAt(0))]));
  expect(image).toMatchObject({ width: 24, height: 16, channels: 3 });
  expect(crc32(image.data as Uint8Array)).toBe(856963617);
});

test('a PNG folder opens', async () => {
  const image = encodePng({ width: 4, height: 4, data: Uint8Array.from({ length: 48 }, (_, i) => i * 5) });
  const mask = encodePng({
    width: 4,
    height: 4,
    channels: 1,
    data: Uint8Array.from({ length: 16 }, (_, i) => (i < 5 ? 255 : 0)),
  });
  const files = new Map([
    ['images/a.png', new Blob([image])],
    ['masks/a.png', new Blob([mask])],
  ]);
  const sample = await (await imageFolder.open(fileFolder('set', files))).load('a');
  expect([...sample.image.data.subarray(0, 4)]).toEqual([0, 5, 10, 15]);
  expect(objectsOf(sample).map((o) => [o.name, o.area])).toEqual([['object', 5]]);
});

test('a torch file reads bit for bit', async (context) => {
  await needShared(context, 'goldens');
  const open = async (name: string) =>
    openCheckpoint(new Blob([await readShared('goldens', `checkpoint-formats/${name}`)]), name);
  const rows = await compareTensorFiles(await open('tensors.legacy.pth'), await open('expected.safetensors'));
  expect(rows).toHaveLength(21);
  expect(rows.filter((r) => !r.equal)).toEqual([]);
});
