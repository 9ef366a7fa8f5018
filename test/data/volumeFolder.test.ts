import { expect, test } from 'vitest';
import { fileFolder } from '../../src/data/dataset';
import { patientGroups } from '../../src/data/split';
import type { VolumeChoice } from '../../src/data/volumeDataset';
import { holdsVolumes, openVolumeFolder, volumeStem } from '../../src/data/volumeFolder';
import { needShared } from '../harness/shared';
import { type NiftiSpec, niftiBytes } from './niftiBytes';
import { sharedDataFolder } from './sharedDataFolder';

const image = (s: NiftiSpec = {}) => new Blob([niftiBytes(s)]);
const labels = (s: NiftiSpec = {}) => new Blob([niftiBytes({ values: [0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0], ...s })]);
const folder = (files: Record<string, Blob | string>) =>
  fileFolder('set', new Map(Object.entries(files).map(([k, v]) => [k, typeof v === 'string' ? new Blob([v]) : v])));

const open: readonly [string, number, VolumeChoice, string[] | null][] = [
  ['volumes-hippocampus-mri', 12, {}, ['anterior hippocampus', 'posterior hippocampus']],
  [
    'volumes-brain-tumour-mri',
    2,
    { image: 'flair' },
    ['necrosis', 'oedema', 'non-enhancing tumour', 'enhancing tumour'],
  ],
  ['volumes-spinal-cord-mri', 2, {}, ['spinal cord (manual)']],
  ['volumes-torso-mri', 1, {}, null],
  ['volumes-torso-ct', 2, {}, null],
  ['volumes-nrrd-radiomics', 2, {}, ['brain lesion']],
];
for (const [name, count, choice, classes] of open) {
  test(`${name} opens: every case has labels of its classes on the image's grid`, async (context) => {
    await needShared(context, 'data');
    const set = await openVolumeFolder(sharedDataFolder(name));
    expect(set.cases).toHaveLength(count);
    for (const c of set.cases) {
      const sample = await set.load(c.id, choice);
      expect(sample.labels).toHaveLength(sample.image.data.length);
      expect(sample.emptyMask).toBe(false);
      const values = new Set(sample.labels);
      expect([...values].every((v) => v === 0 || sample.classes.some((k) => k.value === v))).toBe(true);
      if (c.id === set.cases[0].id && classes) expect(sample.classes.map((k) => k.name)).toEqual(classes);
    }
  }, 60_000);
}

test('which image of several is asked for, and none that is not there', async (context) => {
  await needShared(context, 'data');
  const set = await openVolumeFolder(sharedDataFolder('volumes-brain-tumour-mri'));
  const { id } = set.cases[0];
  await expect(set.load(id)).rejects.toThrow(/has 2 images \(flair, t1c\) — say which/);
  await expect(set.load(id, { image: 't2' })).rejects.toThrow(/no image "t2" — there is flair, t1c/);
  await expect(set.load('nobody')).rejects.toThrow(/no case "nobody" — there are 2/);
});

test('the DICOM files of a folder are one volume, with a label beside it', async (context) => {
  await needShared(context, 'data');
  const ct = sharedDataFolder('volumes-liver-ct-dicom');
  const files = new Map<string, Blob>();
  for (const n of ['01', '02', '03']) files.set(`case1/${n}.dcm`, await ct.open(`ct/${n}.dcm`));
  files.set('case1_seg.nrrd', await ct.open('liver_seg.nrrd'));
  const set = await openVolumeFolder(fileFolder('set', files));
  expect(set.cases.map((c) => [c.id, Object.values(c.images)[0].length, c.mask])).toEqual([
    ['case1', 3, 'case1_seg.nrrd'],
  ]);
  const sample = await set.load('case1');
  expect(sample.image).toMatchObject({ dims: [512, 512, 3], axes: 'LPS' });
  const mean = (of: number) => {
    const values = [...sample.image.data].filter((_, i) => sample.labels?.[i] === of);
    return values.reduce((a, v) => a + v, 0) / values.length;
  };
  expect(mean(1)).toBeGreaterThan(20); // the liver in Hounsfield units
  expect(mean(1)).toBeLessThan(180);
  expect(mean(0)).toBeLessThan(0);
});

test.each<[string, Record<string, Blob | string>, string[]]>([
  ['X and X_seg', { 'a.nii': image(), 'a_seg.nii': labels(), 'b.nii': image(), 'b-label.nii': labels() }, ['a', 'b']],
  ['images and labels', { 'images/a.nii': image(), 'labels/a.nii': labels() }, ['a']],
  ['images and masks, in folders of patients', { 'images/p/a.nii': image(), 'masks/p/a_mask.nii': labels() }, ['p/a']],
  [
    'imagesTr and labelsTr',
    { 'imagesTr/a.nii': image(), 'labelsTr/a.nii': labels(), 'imagesTs/z.nii': image() },
    ['a'],
  ],
])('%s', async (_, files, ids) => {
  const set = await openVolumeFolder(folder({ ...files, '.hidden/a.nii': image(), 'notes.txt': 'words' }));
  expect(set.cases.map((c) => c.id)).toEqual(ids);
  const sample = await set.load(ids[0]);
  expect(sample.classes).toEqual([
    { value: 1, name: 'label 1' },
    { value: 2, name: 'label 2' },
  ]);
  expect([...(sample.labels ?? [])].slice(0, 3)).toEqual([0, 1, 1]);
});

test('nnU-Net: a file per channel, names from dataset.json', async () => {
  const json = JSON.stringify({ channel_names: { 0: 'T2', 1: 'ADC' }, labels: { background: 0, PZ: 1, TZ: 2 } });
  const files = {
    'imagesTr/p_0000.nii': image(),
    'imagesTr/p_0001.nii': image(),
    'labelsTr/p.nii': labels(),
    'dataset.json': json,
  };
  const set = await openVolumeFolder(folder(files));
  expect(set.cases[0]).toMatchObject({
    id: 'p',
    images: { T2: ['imagesTr/p_0000.nii'], ADC: ['imagesTr/p_0001.nii'] },
  });
  expect((await set.load('p', { image: 'ADC' })).classes).toEqual([
    { value: 1, name: 'PZ' },
    { value: 2, name: 'TZ' },
  ]);
});

test('Decathlon: channels in one 4-D file, labels by value', async () => {
  const json = JSON.stringify({
    modality: { 0: 'FLAIR', 1: 'T1' },
    labels: { 0: 'background', 1: 'edema', 2: 'core' },
  });
  const four = image({ dim: [4, 2, 3, 1, 2], values: Array.from({ length: 12 }, (_, i) => i) });
  const map = labels({ dim: [3, 2, 3, 1], values: [0, 1, 2, 0, 0, 0] });
  const set = await openVolumeFolder(folder({ 'imagesTr/b.nii': four, 'labelsTr/b.nii': map, 'dataset.json': json }));
  await expect(set.load('b')).rejects.toThrow(/say which: channel 0 to 1/);
  const sample = await set.load('b', { channel: 1 });
  expect([...sample.image.data]).toEqual([6, 7, 8, 9, 10, 11]);
  expect(sample.classes.map((c) => c.name)).toEqual(['edema', 'core']);
});

test('index.json: groups by patient, an empty mask, notes of what was changed', async () => {
  const index = [
    { id: 'a', images: { mr: 'a.nii' }, label: 'l.nii', values: { 0: 'background', 1: 'x', 2: 'y' }, patient: 7 },
    { id: 'b', images: { mr: 'a.nii' }, label: 'empty.nii', values: { 1: 'x' } },
    { id: 'c', images: { mr: 'nan.nii' } },
  ];
  const nan = image({ code: 16, values: [Number.NaN, ...Array(11).fill(5)] });
  const files = {
    'a.nii': image(),
    'l.nii': labels(),
    'empty.nii': labels({ values: Array(12).fill(0) }),
    'nan.nii': nan,
  };
  const set = await openVolumeFolder(folder({ ...files, 'index.json': JSON.stringify(index) }));
  expect(patientGroups(set.cases)).toEqual(new Map([['a', '7']]));
  expect((await set.load('b')).emptyMask).toBe(true);
  const c = await set.load('c');
  expect(c.labels).toBeNull();
  expect(c.notes).toEqual([
    'set/nan.nii: 1 of 12 voxels are NaN or infinite; the smallest or largest value stands for them',
  ]);
});

test('volumes without labels are noted, and enough to predict on', async () => {
  const set = await openVolumeFolder(folder({ 'a.nii': image(), 'a_seg.nii': labels(), 'b.nii': image() }));
  expect(set.notes).toEqual(['1 volumes have no labels: b.nii']);
  const bare = folder({ 'a.nii': image(), 'b.nii': image() });
  await expect(openVolumeFolder(bare)).rejects.toThrow(/no volume has labels — 2 images, 0 label files/);
  expect((await openVolumeFolder(bare, { unlabelled: true })).cases).toHaveLength(2);
});

const moved = {
  sform: [
    [1, 0, 0, 1],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
};
test.each<[string, Record<string, Blob | string>, RegExp]>([
  [
    'labels of another size',
    { 'a.nii': image(), 'a_seg.nii': labels({ dim: [3, 3, 2, 2] }) },
    /a_seg\.nii: the labels have 3 × 2 × 2 voxels, the image a\.nii 2 × 3 × 2/,
  ],
  [
    'labels of another affine',
    { 'a.nii': image(), 'a_seg.nii': labels(moved) },
    /a_seg\.nii: the labels' affine differs from that of a\.nii by up to 1\.00 mm/,
  ],
  [
    'a truncated file',
    { 'a.nii': new Blob([niftiBytes().slice(0, -1)]), 'a_seg.nii': labels() },
    /set\/a\.nii: .*truncated/,
  ],
  ['an empty file', { 'a.nii': new Blob([]), 'a_seg.nii': labels() }, /set\/a\.nii: the file is empty/],
  [
    'labels of several volumes',
    { 'a.nii': image(), 'a_seg.nii': labels({ dim: [4, 2, 3, 1, 2] }) },
    /a_seg\.nii: a label file of 2 × 3 × 1 × 2 holds 2 volumes, expected one/,
  ],
  [
    'two of one name',
    { 'a.nii': image(), 'a.nii.gz': image(), 'a_seg.nii': labels() },
    /a\.nii and a\.nii\.gz have the same name/,
  ],
  [
    'two labels of one image',
    { 'a.nii': image(), 'a_seg.nii': labels(), 'a_mask.nii': labels() },
    /are both labels of a/,
  ],
  ['nothing', { 'a.txt': 'x' }, /no volume has labels — 0 images/],
  ['a broken index', { 'index.json': '[{"images"' }, /no JSON/],
])('%s is refused when the folder is opened', async (_, files, message) => {
  await expect(openVolumeFolder(folder(files))).rejects.toThrow(message);
});

test('labels that are NaN are refused when the case is loaded', async () => {
  const bad = image({ code: 16, values: [Number.NaN, ...Array(11).fill(0)] });
  const set = await openVolumeFolder(folder({ 'a.nii': image(), 'a_seg.nii': bad }));
  await expect(set.load('a')).rejects.toThrow(/set\/a_seg\.nii: voxel \(0, 0, 0\) has the label NaN/);
});

test('folders of volumes and of pictures are told apart', async () => {
  expect(await holdsVolumes(folder({ 'a.nii': image(), 'a_seg.nii': labels(), 'view.png': 'x' }))).toBe(true);
  expect(await holdsVolumes(folder({ 'images/a.png': 'x', 'masks/a.png': 'x', 'source.nii': image() }))).toBe(false);
  expect(await holdsVolumes(folder({ 'index.json': '[{"id":"a","images":{"mr":"a.nii"}}]' }))).toBe(true);
  expect(await holdsVolumes(folder({ 'index.json': '[{"id":"a","image":"a.png"}]' }))).toBe(false);
  expect(await holdsVolumes(folder({ 'index.json': 'no' }))).toBe(false);
  expect(volumeStem('images/p/a.b.nii.gz', 'images')).toBe('p/a.b');
});
