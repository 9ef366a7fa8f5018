import { expect, test } from 'vitest';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { openSafetensors, type TensorToWrite, writeSafetensors } from '../../src/data/safetensors';

const file = (...tensors: TensorToWrite[]) => openSafetensors(writeSafetensors(tensors));
const f32 = (name: string, ...values: number[]): TensorToWrite => ({
  name,
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

test('names every difference', async () => {
  const nan = { name: 'nan', dtype: 'F32', shape: [1], data: Uint32Array.of(0x7fc00001) };
  const a = await file(f32('same', 1), f32('bits', -0), f32('shape', 1, 2), f32('extra', 1), nan);
  const b = await file(f32('same', 1), f32('bits', 0), f32('shape', 1), f32('gone', 1), nan);
  const rows = await compareTensorFiles(a, b);
  expect(Object.fromEntries(rows.map((r) => [r.name, r.reason ?? r.equal]))).toEqual({
    same: true,
    nan: true,
    bits: 'byte 3 is 128 instead of 0',
    shape: 'F32 [2] instead of F32 [1]',
    extra: 'not expected',
    gone: 'missing',
  });
});

test('equal bytes of another dtype are not equal', async () => {
  const bytes = Uint8Array.of(1);
  const rows = await compareTensorFiles(
    await file({ name: 'x', dtype: 'U8', shape: [1], data: bytes }),
    await file({ name: 'x', dtype: 'I8', shape: [1], data: bytes }),
  );
  expect(rows).toEqual([{ name: 'x', equal: false, reason: 'U8 [1] instead of I8 [1]' }]);
});

test('a prefix is taken off, other names do not count', async () => {
  const rows = await compareTensorFiles(
    await file(f32('state_dict.x', 1), f32('optimizer.y', 2)),
    await file(f32('x', 1)),
    'state_dict.',
  );
  expect(rows).toEqual([{ name: 'x', equal: true }]);
});
