import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { App } from '../../src/app/app';
import { firstLook } from '../../src/app/document/look';
import { packMask } from '../../src/app/document/runs';
import { exporter } from '../../src/app/exporters/everything';
import { importFiles } from '../../src/app/importFiles';
import { zipBlob } from '../../src/app/zip';
import { isZipOfImages, withoutZips } from '../../src/app/zipFiles';
import { encodePng } from '../../src/data/image';
import { after, imageInfo, stateWith, volumeInfo } from './cases';

const png = (name: string) => new File([encodePng({ width: 8, height: 8, data: new Uint8Array(192).fill(9) })], name);
const zip = async (name: string, files: Record<string, Blob | string>) =>
  new File([await zipBlob(new Map(Object.entries(files)))], name);

const affine = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
] as const;

test.each([
  ['an image', imageInfo('my scan')],
  ['a volume', volumeInfo('ct', { source: { ...imageInfo().source, dims: [4, 3, 5], affine } })],
])('everything of %s comes back once, as it was', async (_, info) => {
  const mask = packMask(Array.from({ length: info.dims[0] * info.dims[1] }, (_, i) => Number(i % 3 === 1)));
  const timeline = after(
    {
      type: 'addObjects',
      objects: [
        { id: 7, name: 'optic disc/<b>', colour: [1, 2, 3], masks: new Map([[0, mask]]) },
        { id: 2, name: 'mask', masks: new Map([[info.dims[2] - 1, mask]]), score: 0.5 },
      ],
    },
    { type: 'hide', object: 7, hidden: true },
    { type: 'activate', object: 2 },
    { type: 'addPoint', at: 'axial:0', point: { x: 1, y: 2, label: 1 } },
  );
  const state = stateWith(info);
  const look = { ...firstLook(info), smooth: true };
  const store = { get: () => ({ ...state, cases: new Map([[info.id, { info, timeline, look }]]) }) };
  const saved = await exporter.run({ store } as unknown as App);
  const given = new File([saved.blob], saved.name);
  expect(await isZipOfImages(given)).toBe(true);
  const { additions, refused, warnings, cases } = await importFiles([given], { open: [info], shown: info.id });
  expect([refused, warnings, cases]).toEqual([[], [], []]);
  expect(additions).toHaveLength(1);
  expect(additions[0]).toMatchObject({ case: info.id, doc: timeline.now, look: { smooth: true } });
  // On another image the reason is the session's.
  const other = await importFiles([given], { open: [imageInfo('other')] });
  expect(other.refused.map((r) => r.message)).toEqual([
    expect.stringMatching(/it was made on .*, and other\.png is another/),
  ]);
});

test('a zip of images is opened as its files are; one with weights is an adapter', async () => {
  const data = new Uint8Array(await png('x').arrayBuffer());
  const names = ['a/one.png', '__MACOSX/a/._one.png', 'b/two.png', 'b/'];
  const images = new File([deflated(names.map((name) => ({ name, data })))], 'study.zip');
  expect(await isZipOfImages(images)).toBe(true);
  const { cases, refused } = await importFiles([images, png('three.png')]);
  expect(refused).toEqual([]);
  expect(cases.map((c) => c.info.name).sort()).toEqual(['one.png', 'three.png', 'two.png']);
  expect(await isZipOfImages(await zip('run.zip', { 'adapter.safetensors': 'x', 'run.json': '{}' }))).toBe(false);
  expect(await isZipOfImages(png('a.png'))).toBe(false);
});

/** A zip of `files`, deflated; what each announces as its size may be a lie. */
function deflated(
  files: readonly { readonly name: string; readonly data: Uint8Array; readonly size?: number }[],
): Blob {
  const [parts, records]: [BlobPart[], BlobPart[]] = [[], []];
  let at = 0;
  let directory = 0;
  for (const { name, data, size = data.length } of files) {
    const text = new TextEncoder().encode(name);
    const packed = new Uint8Array(deflateRawSync(data));
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(26, text.length, true);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(10, 8, true);
    entry.setUint32(20, packed.length, true);
    entry.setUint32(24, size, true);
    entry.setUint16(28, text.length, true);
    entry.setUint32(42, at, true);
    parts.push(local, text, packed);
    records.push(entry, text);
    at += 30 + text.length + packed.length;
    directory += 46 + text.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, directory, true);
  end.setUint32(16, at, true);
  return new Blob([...parts, ...records, end]);
}

const zeros = new Uint8Array(2 ** 24);

test.each<[string, () => Blob | Promise<Blob>, RegExp]>([
  ['no zip', () => new Blob(['PK and then nothing']), /has no zip directory/],
  ['half a zip', async () => (await zip('x', { a: 'hello' })).slice(0, 40), /has no zip directory/],
  [
    'a bomb that says so',
    () =>
      deflated(Array.from({ length: 70 }, (_, i) => ({ name: `${i}.nii`, data: zeros.slice(0, 9), size: 2 ** 24 }))),
    /more than 1\.0 GiB/,
  ],
  [
    'a bomb that lies',
    () => deflated([{ name: 'a.session.json', data: zeros, size: 100 }]),
    /other than the 100 bytes announced/,
  ],
  [
    'a session that is one',
    () => deflated([{ name: 'a.session.json', data: new Uint8Array(65 * 2 ** 20) }]),
    /too many for a session/,
  ],
  ['nothing', () => deflated([]), /there is no file in it/],
  [
    'a zip in a zip',
    async () => deflated([{ name: 'b.zip', data: new Uint8Array(await (await zip('x', { a: 'b' })).arrayBuffer()) }]),
    /b\.zip: no file of a known kind/,
  ],
])('%s is refused in words, and the file beside it is opened', async (_, make, words) => {
  const { cases, refused } = await importFiles([new File([await make()], 'x.zip'), png('good.png')]);
  expect(refused.map((r) => r.message)).toEqual([expect.stringMatching(words)]);
  expect(cases.map((c) => c.info.name)).toEqual(['good.png']);
});

test('names that point elsewhere are names of files', async () => {
  const data = new Uint8Array(await png('x').arrayBuffer());
  const files = await withoutZips([new File([deflated([{ name: '../../../etc/a.png', data }])], 'x.zip')], () => {});
  expect(files.map((f) => f.name)).toEqual(['a.png']);
});
