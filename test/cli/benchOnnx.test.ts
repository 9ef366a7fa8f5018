import { expect, test } from 'vitest';
import { onnxModel } from '../bench/onnx';

/** Fields of a protobuf message: number, and varint or bytes. */
function fields(bytes: Uint8Array): { field: number; value: number | Uint8Array }[] {
  const out: { field: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = () => {
    let [v, shift] = [0, 0];
    for (;;) {
      const b = bytes[at++];
      v += (b & 127) * 2 ** shift;
      if (b < 128) return v;
      shift += 7;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const value = varint();
    const whole = key % 8 === 0;
    out.push({ field: key >> 3, value: whole ? value : bytes.subarray(at, at + value) });
    if (!whole) at += value;
  }
  return out;
}

const bodies = (bytes: Uint8Array, field: number) =>
  fields(bytes).flatMap((f) => (f.field === field && typeof f.value !== 'number' ? [f.value] : []));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('a model reads back as what was written', () => {
  const model = onnxModel({
    nodes: [{ op: 'Transpose', inputs: ['x'], outputs: ['y'], attributes: { perm: [1, 0] } }],
    weights: [{ name: 'w', shape: [300], data: Float32Array.from({ length: 300 }, (_, i) => i) }],
    inputs: [{ name: 'x', shape: [2, 300] }],
    outputs: [{ name: 'y', shape: [300, 2] }],
  });
  expect(fields(model)[0]).toEqual({ field: 1, value: 10 });
  const [graph] = bodies(model, 7);
  const [node] = bodies(graph, 1);
  expect([1, 2, 4].map((f) => text(bodies(node, f)[0]))).toEqual(['x', 'y', 'Transpose']);
  const [perm] = bodies(node, 5);
  expect(fields(perm).filter((f) => f.field === 8)).toEqual([
    { field: 8, value: 1 },
    { field: 8, value: 0 },
  ]);
  const [weight] = bodies(graph, 5);
  expect(fields(weight)[0]).toEqual({ field: 1, value: 300 });
  expect(new DataView(Uint8Array.from(bodies(weight, 9)[0]).buffer).getFloat32(4 * 299, true)).toBe(299);
  expect(bodies(model, 8).map((o) => fields(o).find((f) => f.field === 2)?.value)).toEqual([20, 1]);
});
