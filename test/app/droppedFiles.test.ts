import { expect, test } from 'vitest';
import { droppedFiles } from '../../src/app/droppedFiles';
import { importFiles } from '../../src/app/importFiles';
import { encodePng } from '../../src/data/image';
import { listShared, needShared, readShared } from '../harness/shared';

/** A folder's content: files, folders, and what cannot be read. */
interface Tree {
  readonly [name: string]: File | Tree | Error;
}

/** As browsers give it: parts of a hundred, then an empty one; errors are told, not thrown. */
function entryOf(name: string, node: File | Tree | Error, above = ''): FileSystemEntry {
  const common = { name, fullPath: `${above}/${name}` };
  const later = (work: () => void) => queueMicrotask(work);
  if (node instanceof File || node instanceof Error) {
    const file = (done: (f: File) => void, fail: (e: Error) => void) =>
      later(() => (node instanceof File ? done(node) : fail(node)));
    return { ...common, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(node).map(([n, inner]) => entryOf(n, inner, common.fullPath));
    return { readEntries: (done: (e: FileSystemEntry[]) => void) => later(() => done(left.splice(0, 100))) };
  };
  return { ...common, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

/** A drop that the browser empties as soon as its event is over. */
function drop(tree: Tree) {
  let open = true;
  queueMicrotask(() => {
    open = false;
  });
  return {
    files: Object.values(tree).filter((f) => f instanceof File),
    items: Object.entries(tree).map(([name, node]) => ({
      webkitGetAsEntry: () => (open ? entryOf(name, node) : null),
    })),
  };
}

const text = (name: string) => new File(['text'], name);
const names = (files: readonly File[]) => files.map((f) => f.name);

/** A picture; a mask of its left half with `labels`. */
function png(name: string, value: number, labels = false): File {
  const channels = labels ? 1 : 3;
  const data = Uint8Array.from({ length: 64 * channels }, (_, i) => (labels ? Number(i % 8 < 4) : (i * value) % 251));
  return new File([encodePng({ width: 8, height: 8, channels, data })], name);
}

test('files alone are taken as they are, in their order', async () => {
  expect(names((await droppedFiles(drop({ b: text('b'), a: text('a') }))).files)).toEqual(['b', 'a']);
  expect((await droppedFiles(null)).files).toEqual([]);
});

test('folders within folders, more entries than a reader gives at once, in the order of their numbers', async () => {
  const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`s${i}`, text(`s${i}`)]).toReversed());
  const tree = { study: { one: many, empty: {}, deep: { er: { still: { x: text('x') } } } }, loose: text('loose') };
  const { files, unreadable } = await droppedFiles(drop(tree));
  expect(unreadable).toEqual([]);
  expect(names(files)).toEqual(['x', ...Array.from({ length: 257 }, (_, i) => `s${i}`), 'loose']);
});

test('what cannot be read is told, and the rest is there', async () => {
  const { files, unreadable } = await droppedFiles(
    drop({ a: { bad: new Error('no permission'), good: text('good') } }),
  );
  expect(names(files)).toEqual(['good']);
  expect(unreadable).toEqual(['/a/bad: no permission']);
});

test('a whole disk is refused', async () => {
  const disk = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`f${i}`, text('f')]));
  await expect(droppedFiles(drop({ disk }))).rejects.toThrow(/more than 20000 files — drop the folder of one study/);
});

test('a folder of images and one of masks beside it: each mask on its image', async () => {
  const images = Object.fromEntries(['a', 'b'].map((n, i) => [`${n}.png`, png(`${n}.png`, i + 3)]));
  const masks = Object.fromEntries(['a', 'b'].map((n) => [`${n}_mask.png`, png(`${n}_mask.png`, 0, true)]));
  const { files } = await droppedFiles(
    drop({ set: { masks, images, 'README.md': text('README.md'), '.DS_Store': text('.DS_Store') } }),
  );
  const { cases, additions, refused, warnings } = await importFiles(files);
  expect(refused).toEqual([]);
  expect(cases.map((c) => c.info.name)).toEqual(['a.png', 'b.png']);
  const on = (id: string) => cases.find((c) => c.info.id === id)?.info.name;
  expect(additions.map((a) => [on(a.case), a.name])).toEqual([
    ['a.png', 'a_mask.png'],
    ['b.png', 'b_mask.png'],
  ]);
  expect(warnings.map((w) => w.message)).toEqual(['passed over, since they are texts: README.md']);
});

test('a DICOM disc: series in folders of their own, an index, a viewer', async (context) => {
  await needShared(context, 'data');
  const series = async (folder: string, as: (n: number, name: string) => string) => {
    const found = await listShared('data', folder);
    const read = async (name: string, n: number): Promise<[string, File]> => {
      const to = as(n, name);
      return [to, new File([await readShared('data', `${folder}/${name}`)], to)];
    };
    return Object.fromEntries(await Promise.all(found.map(read)));
  };
  const tree = {
    disc: {
      DICOMDIR: text('DICOMDIR'),
      'AUTORUN.INF': text('AUTORUN.INF'),
      viewer: { 'viewer.exe': new File(['MZ\0\0'], 'viewer.exe'), 'readme.txt': text('readme.txt') },
      // Without an ending, and of the same names in both folders.
      DICOM: {
        PAT0: {
          SER0: await series('formats/dicom/series-brain', (n) => `IM${n}`),
          SER1: await series('volumes-liver-ct-dicom/ct', (n) => `IM${n}`),
        },
      },
    },
  };
  const { files } = await droppedFiles(drop(tree));
  const { cases, refused, warnings } = await importFiles(files);
  expect(cases.map((c) => c.info.source.dims)).toEqual([
    [256, 256, 19],
    [512, 512, 3],
  ]);
  expect(refused.map((r) => r.name)).toEqual(['AUTORUN.INF', 'viewer.exe']);
  expect(warnings.map((w) => w.message)).toContain('passed over, since they are texts: readme.txt');
});
