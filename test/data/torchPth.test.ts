import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { readF32, type TensorFile } from '../../src/data/tensorFile';
import { openTorch } from '../../src/data/torchPth';
import { needShared, readShared } from '../harness/shared';
import {
  call,
  dict,
  fileOf,
  floats,
  global,
  int,
  list,
  no,
  orderedDict,
  type StorageSpec,
  storage,
  str,
  tensor,
  torchLegacy,
  torchZip,
  tuple,
} from './torchBytes';

const golden = async (path: string) => openCheckpoint(new File([await readShared('goldens', path)], path));
const formats = 'checkpoint-formats';

test.for([
  [`${formats}/tensors.pth`, `${formats}/expected.safetensors`, 'torch-zip'],
  [`${formats}/tensors.protocol2.pth`, `${formats}/expected.safetensors`, 'torch-zip'],
  [`${formats}/tensors.protocol3.pth`, `${formats}/expected.safetensors`, 'torch-zip'],
  [`${formats}/tensors.protocol4.pth`, `${formats}/expected.safetensors`, 'torch-zip'],
  [`${formats}/tensors.legacy.pth`, `${formats}/expected.safetensors`, 'torch-legacy'],
  [`${formats}/nested.pth`, `${formats}/nested.expected.safetensors`, 'torch-zip'],
  [`${formats}/nested.legacy.pth`, `${formats}/nested.expected.safetensors`, 'torch-legacy'],
  [`${formats}/optimizer.pth`, `${formats}/optimizer.expected.safetensors`, 'torch-zip'],
  ['medsa-checkpoint/state_dict.pth', 'medsa-checkpoint/weights.safetensors', 'torch-zip'],
  [
    'medsa-checkpoint/best_dice_checkpoint.pth',
    'medsa-checkpoint/best_dice_checkpoint.expected.safetensors',
    'torch-zip',
  ],
  ['sam-mask-decoder/legacy.pth', 'sam-mask-decoder/weights.safetensors', 'torch-legacy'],
  ['sam-full-tiny/checkpoint.pth', 'sam-full-tiny/weights.safetensors', 'torch-zip'],
])('%s equals %s bit for bit', async ([path, expected, kind], context) => {
  await needShared(context, 'goldens');
  const file = await golden(path);
  expect(file.kind).toBe(kind);
  const rows = await compareTensorFiles(file, await golden(expected));
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.filter((row) => !row.equal)).toEqual([]);
});

test.for(['nested.pth', 'nested.legacy.pth'])('the plain values of %s', async (name, context) => {
  await needShared(context, 'goldens');
  const { meta } = await golden(`${formats}/${name}`);
  expect(meta).toEqual({
    epoch: 7,
    name: 'café "x"',
    lr: 1e-4,
    big: 1180591620717411303424n,
    flag: true,
    none: null,
    list: [1, 2.5, 'a'],
    tuple: [1, [2, 3]],
    set_like: [[2, 3]],
    neg: -5,
    long_string: 'y'.repeat(300),
    state_dict: { a: { tensor: 'state_dict.a' }, b: { tensor: 'state_dict.b' } },
    model: { inner: { w: { tensor: 'model.inner.w' } } },
  });
});

test('the plain values of a training checkpoint', async (context) => {
  await needShared(context, 'goldens');
  const { meta } = await golden('medsa-checkpoint/best_dice_checkpoint.pth');
  expect(meta).toMatchObject({
    epoch: 4,
    model: 'sam',
    best_tol: 0.5,
    optimizer: { param_groups: [{ betas: [0.9, 0.999], amsgrad: false }] },
  });
});

const open = (bytes: number[]) => openTorch(fileOf(bytes));
const values = async (file: TensorFile, name: string) => [...(await readF32(file.entries.get(name)!))];
const eight = floats(0, 1, 2, 3, 4, 5, 6, 7);
const zipOne = (of: Partial<StorageSpec>, shape: number[], stride: number[], offset = 0, data = eight) =>
  open(torchZip(dict(str('x'), tensor({ count: 8, ...of }, shape, stride, offset)), { [of.key ?? '0']: data }));

test.each([
  ['contiguous', [2, 4], [4, 1], 0, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['part', [3], [1], 4, [4, 5, 6]],
  ['transposed', [4, 2], [1, 4], 0, [0, 4, 1, 5, 2, 6, 3, 7]],
  ['stepped', [2, 2], [4, 2], 1, [1, 3, 5, 7]],
  ['expanded', [3, 2], [0, 1], 6, [6, 7, 6, 7, 6, 7]],
  ['odd strides of single sizes', [1, 2, 1], [77, 1, 99], 2, [2, 3]],
  ['scalar', [], [], 5, [5]],
  ['empty', [0, 3], [3, 1], 8, []],
])('a view: %s', async (_what, shape, stride, offset, expected) => {
  const file = await zipOne({}, shape, stride, offset);
  expect(file.entries.get('x')).toMatchObject({ dtype: 'F32', shape, bytes: expected.length * 4 });
  expect(await values(file, 'x')).toEqual(expected);
});

test('every dtype, and untyped storages as bytes', async () => {
  const bytes = [1, 2, 3, 4, 5, 6, 7, 8];
  const types = {
    Double: 'F64',
    Long: 'I64',
    Float: 'F32',
    Int: 'I32',
    Half: 'F16',
    BFloat16: 'BF16',
    Short: 'I16',
    Char: 'I8',
    Byte: 'U8',
    Bool: 'BOOL',
    Untyped: 'U8',
  };
  for (const [type, dtype] of Object.entries(types)) {
    const size = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, I16: 2 }[dtype] ?? 1;
    const file = await zipOne({ type: `${type}Storage`, count: 8 / size }, [8 / size], [1], 0, bytes);
    expect(file.entries.get('x')).toMatchObject({ dtype, bytes: 8 });
    expect([...(await file.entries.get('x')!.read())]).toEqual(bytes);
  }
});

test('big-endian files are turned round', async () => {
  const swapped = floats(1, 2, 3, 4).reverse();
  const byteorder = (word: string) => [{ name: 'archive/byteorder', data: [...new TextEncoder().encode(word)] }];
  const value = dict(str('x'), tensor({ count: 4 }, [2, 2], [1, 2]));
  expect(await values(await open(torchZip(value, { 0: swapped }, byteorder('big'))), 'x')).toEqual([4, 2, 3, 1]);
  expect(await values(await open(torchZip(value, { 0: floats(4, 3, 2, 1) }, byteorder('little'))), 'x')).toEqual([
    4, 2, 3, 1,
  ]);
  await expect(open(torchZip(value, { 0: swapped }, byteorder('pdp')))).rejects.toThrow(/byte order "pdp"/);
});

test('nesting, parameters, lone storages and tensors, a state with _metadata', async () => {
  const parameter = call(
    global('torch._utils', '_rebuild_parameter'),
    tensor({ count: 8 }, [8], [1]),
    no,
    orderedDict(),
  );
  const state = [...orderedDict(str('w'), parameter), ...dict(str('_metadata'), orderedDict()), 0x62];
  const value = dict(
    str('state_dict'),
    state,
    str('parts'),
    list(tuple(storage({ count: 8 }))),
    str('kind'),
    global('torch', 'float16'),
  );
  const file = await open(torchZip(value, { 0: eight }));
  expect([...file.entries.keys()]).toEqual(['state_dict.w', 'parts.0.0']);
  expect(file.meta).toEqual({
    state_dict: { w: { tensor: 'state_dict.w' } },
    parts: [[{ tensor: 'parts.0.0' }]],
    kind: 'torch.float16',
  });
  expect([...(await open(torchZip(tensor({ count: 8 }, [8], [1]), { 0: eight }))).entries.keys()]).toEqual(['tensor']);
});

test('two tensors with one path are refused', async () => {
  const one = tensor({ count: 8 }, [8], [1]);
  const value = dict(str('a.b'), one, str('a'), dict(str('b'), one));
  await expect(open(torchZip(value, { 0: eight }))).rejects.toThrow(/two tensors have the path "a.b"/);
});

test.each([
  ['a view past its storage', [9], [1], 0, {}, /needs 9 elements, its storage "0" has 8/],
  ['an offset past its storage', [1], [1], 8, {}, /needs 9 elements/],
  ['strides past its storage', [2, 2], [7, 1], 0, {}, /needs 9 elements/],
  ['a storage longer than its record', [8], [1], 0, { count: 9 }, /claims 36 bytes, the file holds 32/],
  ['a storage that is not there', [8], [1], 0, { key: '../7' }, /storage "\.\.\/7" is not in the file/],
  ['a shape of absurd size', [2 ** 30, 2 ** 30], [0, 0], 0, {}, /claims the shape/],
  ['an expansion that fills the memory', [2 ** 30], [0], 0, {}, /repeats a storage of 32 bytes into 4294967296/],
  ['a negative size', [-1], [1], 0, {}, /something else than storage, offset, size and stride/],
  ['a negative stride', [2], [-1], 1, {}, /something else than storage/],
  ['sizes without strides', [8], [], 0, {}, /something else than storage/],
  ['complex numbers', [8], [1], 0, { type: 'ComplexFloatStorage' }, /"torch.ComplexFloatStorage".*refused/],
])('refused: %s', async (_what, shape, stride, offset, of, words) => {
  const value = dict(str('x'), tensor({ count: 8, ...of }, shape, stride, offset));
  await expect(open(torchZip(value, { 0: eight }))).rejects.toThrow(words);
  await expect(open(torchZip(value, { 0: eight }))).rejects.toThrow(/^made\.pth: /);
});

test.each([
  ['os.system', call(global('os', 'system'), str('echo')), /"os\.system", which is not on the list.*refused/],
  [
    'a whole module',
    [...tuple(str('module'), str('x'), str('x.py'), str('code')), 0x51],
    /whole model with its source code/,
  ],
  ['an unknown persistent id', [...tuple(str('thing')), 0x51], /storage is described in an unknown way/],
  ['a persistent id that is no tuple', [...int(3), 0x51], /storage is described in an unknown way/],
])('refused in both containers: %s', async (_what, value, words) => {
  await expect(open(torchZip(value))).rejects.toThrow(words);
  await expect(open(torchLegacy(value))).rejects.toThrow(words);
});

test('a scripted model and a zip without a pickle are told apart', async () => {
  await expect(open(torchZip(dict(), {}, [{ name: 'archive/constants.pkl', data: [] }]))).rejects.toThrow(
    /TorchScript archive, which holds code/,
  );
  await expect(open(torchZip(dict(), {}, [{ name: 'other/data.pkl', data: [] }]))).rejects.toThrow(/2 data\.pkl/);
});

test('damaged data are found by their checksum, unless it is turned off', async () => {
  const bytes = torchZip(dict(str('x'), tensor({ count: 8 }, [2], [1])), { 0: eight });
  const at = bytes.findIndex((_, i) => eight.every((byte, j) => bytes[i + j] === byte));
  bytes[at + 20] ^= 1; // outside the view, but in its storage
  const file = await open(bytes);
  await expect(values(file, 'x')).rejects.toThrow(/"archive\/data\/0" does not have the checksum.*checksum: false/);
  expect(await values(await openTorch(fileOf(bytes), 'x', { checksum: false }), 'x')).toEqual([0, 1]);
  const pickled = torchZip(dict(str('note'), str('abc')));
  pickled[pickled.indexOf(97, 60)] ^= 2;
  await expect(open(pickled)).rejects.toThrow(/data\.pkl" does not have the checksum/);
});

test('a file cut anywhere is refused', async () => {
  const value = dict(str('x'), tensor({ count: 8 }, [8], [1]));
  for (const bytes of [torchZip(value, { 0: eight }), torchLegacy(value, { 0: [8, eight] })]) {
    expect(await values(await open(bytes), 'x')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (let length = 1; length < bytes.length; length += 3) {
      await expect(openCheckpoint(fileOf(bytes.slice(0, length)))).rejects.toThrow(/made\.pth: /);
    }
  }
});
