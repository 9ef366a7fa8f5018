import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { pyFloat } from '../../src/data/pickleWrite';
import { openSafetensors, writeSafetensors } from '../../src/data/safetensors';
import { f32Entry } from '../../src/data/tensorFile';
import { stateDict, type TorchValue, writeTorch } from '../../src/data/torchWrite';
import { needShared, readShared } from '../harness/shared';

const reopen = async (value: TorchValue) => openCheckpoint(await writeTorch(value), 'made.pth');

test('every dtype comes back bit for bit', async () => {
  const bytes = (n: number) => new Uint8Array(n).map((_, i) => (i * 37) & 255);
  const sizes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1 };
  const tensors = Object.entries(sizes).map(([dtype, n]) => ({
    name: dtype,
    dtype,
    shape: [3, 2],
    data: bytes(6 * n),
  }));
  const shapes = [{ name: 'scalar', dtype: 'F32', shape: [] as number[], data: Float32Array.of(2) }];
  shapes.push({ name: 'empty', dtype: 'F32', shape: [0, 3], data: new Float32Array(0) });
  const flags = { name: 'flags', dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) };
  const from = await openSafetensors(writeSafetensors([...tensors, ...shapes, flags]));
  const back = await reopen(stateDict(from.entries));
  expect(back.kind).toBe('torch-zip');
  expect([...back.entries.keys()]).toEqual([...from.entries.keys()]);
  expect((await compareTensorFiles(back, from)).filter((r) => !r.equal)).toEqual([]);
});

test('plain values beside tensors, and a tensor that is mentioned twice', async () => {
  const x = f32Entry('x', [2], Float32Array.of(1, 2));
  const value = new Map<string, TorchValue>([
    ['epoch', 3],
    ['score', pyFloat(1)],
    ['note', null],
    ['state', new Map([[7, x]])],
    ['again', [x, { kind: 'tuple', items: [x, 'y'] }]],
  ]);
  const back = await reopen(value);
  expect(back.meta).toEqual({
    epoch: 3,
    score: 1,
    note: null,
    state: { 7: { tensor: 'state.7' } },
    again: [{ tensor: 'again.0' }, [{ tensor: 'again.1.0' }, 'y']],
  });
  expect(await back.entries.get('again.1.0')!.read()).toEqual(await x.read());
  // One storage serves all mentions.
  expect((await writeTorch(value)).size).toBeLessThan(
    (await writeTorch(new Map(value).set('more', f32Entry('z', [2], Float32Array.of(1, 2))))).size,
  );
});

test('equal input gives equal bytes', async () => {
  const x = () => stateDict(new Map([['a.weight', f32Entry('a.weight', [1, 2], Float32Array.of(1, 2))]]));
  const bytes = async () => new Uint8Array(await (await writeTorch(x())).arrayBuffer());
  expect(await bytes()).toEqual(await bytes());
});

test('a dtype that torch has not is refused', async () => {
  const entry = { ...f32Entry('x', [1], Float32Array.of(1)), dtype: 'F8' };
  await expect(writeTorch(stateDict(new Map([['x', entry]])))).rejects.toThrow(/dtype F8: torch has no storage/);
});

test.for(['sam-full-tiny/checkpoint.pth', 'sam-mask-decoder/legacy.pth', 'checkpoint-formats/tensors.pth'])(
  '%s, written again, holds the same',
  async (path, context) => {
    await needShared(context, 'goldens');
    const from = await openCheckpoint(new Blob([await readShared('goldens', path)]), path);
    const back = await reopen(stateDict(from.entries));
    expect((await compareTensorFiles(back, from)).filter((r) => !r.equal)).toEqual([]);
  },
);
