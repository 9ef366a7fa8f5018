import { expect, test } from 'vitest';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { openSafetensors, writeSafetensors } from '../../src/data/safetensors';
import { readF32 } from '../../src/data/tensorFile';
import { needShared, readShared } from '../harness/shared';
import { u64 } from './torchBytes';

/** A file with this header text (or object) and so many bytes of data. */
const made = (header: unknown, dataBytes = 0, length?: number) => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  return new File([Uint8Array.from(u64(length ?? text.length)), text, new Uint8Array(dataBytes)], 'made.safetensors');
};
const row = (dtype: unknown, shape: unknown, ...offsets: number[]) => ({ dtype, shape, data_offsets: offsets });

test('writes and reads every dtype, scalars, empty tensors and metadata', async () => {
  const f64 = Float64Array.of(1.5, -2);
  const tensors = [
    { name: 'b', dtype: 'BOOL', shape: [3], data: Uint8Array.of(1, 0, 1) },
    { name: 'f16', dtype: 'F16', shape: [2, 1], data: Uint16Array.of(0x3c00, 0xc000) },
    { name: '7', dtype: 'F32', shape: [], data: Float32Array.of(7) },
    { name: '__proto__', dtype: 'I8', shape: [1], data: Int8Array.of(-1) },
    { name: 'e', dtype: 'I64', shape: [0, 4], data: new BigInt64Array(0) },
    { name: 'f64', dtype: 'F64', shape: [2], data: f64.subarray(0, 2) },
    { name: 'part', dtype: 'I16', shape: [2], data: new Blob([Int16Array.of(9, -9)]) },
  ];
  const blob = writeSafetensors(tensors, { note: 'café', __proto__x: '' });
  const file = await openSafetensors(blob);
  expect(file.kind).toBe('safetensors');
  expect(file.meta).toEqual({ note: 'café', __proto__x: '' });
  expect([...file.entries.keys()].sort()).toEqual(tensors.map((t) => t.name).sort());
  for (const t of tensors) {
    const entry = file.entries.get(t.name)!;
    const data =
      t.data instanceof Blob
        ? new Uint8Array(await t.data.arrayBuffer())
        : new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength);
    expect(entry).toMatchObject({ dtype: t.dtype, shape: t.shape, bytes: data.length });
    expect(await entry.read()).toEqual(data);
  }
  expect(await readF32(file.entries.get('f16')!)).toEqual(Float32Array.of(1, -2));
});

test('tensors are aligned, and equal input gives equal bytes', async () => {
  const tensors = [
    { name: 'odd', dtype: 'U8', shape: [3], data: new Uint8Array(3) },
    { name: 'wide', dtype: 'F64', shape: [1], data: new Float64Array(1) },
    { name: 'mid', dtype: 'F32', shape: [1], data: new Float32Array(1) },
  ];
  const bytes = new Uint8Array(await writeSafetensors(tensors).arrayBuffer());
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect((8 + length) % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header).toEqual({ wide: row('F64', [1], 0, 8), mid: row('F32', [1], 8, 12), odd: row('U8', [3], 12, 15) });
  expect(new Uint8Array(await writeSafetensors(tensors).arrayBuffer())).toEqual(bytes);
});

test('what was written elsewhere is written again with equal tensors', async (context) => {
  await needShared(context, 'goldens');
  const file = await openSafetensors(
    new Blob([await readShared('goldens', 'checkpoint-formats/expected.safetensors')]),
  );
  const tensors = await Promise.all([...file.entries.values()].map(async (e) => ({ ...e, data: await e.read() })));
  const again = await openSafetensors(writeSafetensors(tensors));
  const rows = await compareTensorFiles(again, file);
  expect(rows).toHaveLength(21);
  expect(rows.every((r) => r.equal)).toBe(true);
});

test('reading takes only the slice that is asked for', async () => {
  const blob = writeSafetensors([
    { name: 'a', dtype: 'F32', shape: [1000], data: new Float32Array(1000) },
    { name: 'b', dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
  ]);
  const taken: number[] = [];
  const slice = blob.slice.bind(blob);
  blob.slice = (from, to) => {
    taken.push((to ?? 0) - (from ?? 0));
    return slice(from, to);
  };
  const file = await openSafetensors(blob);
  await file.entries.get('b')!.read();
  expect(taken[0]).toBe(8);
  expect(taken[1]).toBeLessThan(200);
  expect(taken[2]).toBe(8);
});

test.each([
  ['too short', new File([new Uint8Array(5)], 'made.safetensors'), /5 bytes are too few/],
  ['header longer than the file', made('{}', 0, 1000), /claims 1000 bytes, at most 2 are possible/],
  ['header beyond 2^53', made('{}', 0, 2 ** 60), /claims Infinity bytes/],
  ['broken JSON', made('{"a":', 0), /header is no JSON/],
  ['no UTF-8', new File([Uint8Array.from([...u64(2), 0x7b, 0xff])], 'made.safetensors'), /header is no JSON/],
  ['a list', made('[]'), /no JSON object/],
  [
    'double names',
    made(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    /names "a" twice/,
  ],
  [
    'double fields',
    made('{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1),
    /names "dtype" twice/,
  ],
  [
    'double names with escapes',
    made('{"a\\"b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061\\"b":{}}'),
    /names "a\\"b" twice/,
  ],
  ['no description', made({ a: 3 }), /"a" has no description/],
  ['unknown dtype', made({ a: row('F8_E5M2', [1], 0, 1) }, 1), /dtype "F8_E5M2" is not known/],
  ['a dtype from the prototype', made({ a: row('toString', [1], 0, 1) }, 1), /dtype "toString" is not known/],
  ['negative size', made({ a: row('U8', [-1], 0, 1) }, 1), /no list of sizes/],
  ['fractional size', made({ a: row('U8', [0.5], 0, 1) }, 1), /no list of sizes/],
  ['absurd shape', made({ a: row('U8', [2 ** 40, 2 ** 40], 0, 1) }, 1), /needs NaN bytes/],
  ['offsets the wrong way', made({ a: row('U8', [1], 1, 0) }, 1), /no \[begin, end\]/],
  ['three offsets', made({ a: row('U8', [1], 0, 1, 2) }, 1), /no \[begin, end\]/],
  ['shape and offsets disagree', made({ a: row('F32', [2], 0, 4) }, 4), /F32 \[2\] needs 8 bytes, data_offsets give 4/],
  ['overlap', made({ a: row('U8', [4], 0, 4), b: row('U8', [4], 2, 6) }, 6), /"b" at 2 overlaps/],
  ['gap', made({ a: row('U8', [1], 0, 1), b: row('U8', [1], 3, 4) }, 4), /leaves a gap of 2 bytes/],
  [
    'truncated',
    made({ a: row('U8', [9], 0, 9) }, 8),
    /describes 9 bytes of tensors, the file holds 8 — it is truncated/,
  ],
  ['trailing bytes', made({ a: row('U8', [1], 0, 1) }, 2), /describes 1 bytes of tensors, the file holds 2/],
  ['metadata that are no text', made({ __metadata__: { a: 1 } }), /must map text to text/],
])('refuses: %s', async (_what, file, words) => {
  await expect(openSafetensors(file)).rejects.toThrow(words);
  await expect(openSafetensors(file)).rejects.toThrow(/^made\.safetensors: /);
});

test.each([
  [
    'bytes that do not fit',
    [{ name: 'a', dtype: 'F32', shape: [2], data: new Float32Array(3) }],
    /needs 8 bytes, got 12/,
  ],
  ['an unknown dtype', [{ name: 'a', dtype: 'X', shape: [], data: new Uint8Array(1) }], /needs NaN bytes/],
  ['a name twice', [1, 2].map(() => ({ name: 'a', dtype: 'U8', shape: [], data: new Uint8Array(1) })), /given twice/],
  ['the reserved name', [{ name: '__metadata__', dtype: 'U8', shape: [], data: new Uint8Array(1) }], /reserved/],
])('refuses to write %s', (_what, tensors, words) => {
  expect(() => writeSafetensors(tensors)).toThrow(words);
});
