// Writes ONNX models as protobuf bytes: as much of the format as the bench needs (field numbers from onnx.proto3).

/** A node of the graph. Attributes: whole numbers are INT, others FLOAT, texts STRING, lists INTS. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;
  /** '' is ONNX's own; `com.microsoft` for contributed ops. */
  readonly domain?: string;
}

/** A weight: f32 or, for shapes and the like, i64. */
export interface OnnxWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

/** A named f32 tensor that goes in or out. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A whole model. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly weights: readonly OnnxWeight[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

type Bytes = Uint8Array<ArrayBuffer>;

function concat(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

function varint(value: number): Bytes {
  const out: number[] = [];
  let v = BigInt.asUintN(64, BigInt(value));
  while (v > 127n) {
    out.push(Number(v & 127n) | 128);
    v >>= 7n;
  }
  return Uint8Array.of(...out, Number(v));
}

const whole = (field: number, value: number): Bytes => concat([varint(field * 8), varint(value)]);
const bytes = (field: number, body: Bytes): Bytes => concat([varint(field * 8 + 2), varint(body.length), body]);
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value) as Bytes);
const message = (field: number, ...parts: readonly Bytes[]): Bytes => bytes(field, concat(parts));
const float = (field: number, value: number): Bytes =>
  concat([varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);

const TYPE = { float: 1, int: 2, string: 3, ints: 7 };

function attribute(name: string, value: number | string | readonly number[] | { readonly float: number }): Bytes {
  const head = text(1, name);
  if (typeof value === 'number') return concat([head, whole(3, value), whole(20, TYPE.int)]);
  if (typeof value === 'string') return concat([head, text(4, value), whole(20, TYPE.string)]);
  if (!('float' in value)) return concat([head, ...value.map((v) => whole(8, v)), whole(20, TYPE.ints)]);
  return concat([head, float(2, value.float), whole(20, TYPE.float)]);
}

function node({ op, inputs, outputs, attributes = {}, domain = '' }: OnnxNode): Bytes {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, outputs[0]),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
    text(7, domain),
  );
}

function weight({ name, shape, data }: OnnxWeight): Bytes {
  const type = data instanceof Float32Array ? 1 : 7;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(5, ...shape.map((d) => whole(1, d)), whole(2, type), text(8, name), bytes(9, raw));
}

function value(field: number, { name, shape }: OnnxValue): Bytes {
  const dims = message(2, ...shape.map((d) => message(1, whole(1, d))));
  return message(field, text(1, name), message(2, message(1, whole(1, 1), dims)));
}

/** The model as an .onnx file: IR version 10, opset 20, and the contributed ops of com.microsoft. */
export function onnxModel({ nodes, weights, inputs, outputs }: OnnxGraph): Bytes {
  const graph = message(
    7,
    ...nodes.map(node),
    text(2, 'bench'),
    ...weights.map(weight),
    ...inputs.map((v) => value(11, v)),
    ...outputs.map((v) => value(12, v)),
  );
  const opset = (domain: string, version: number) => message(8, text(1, domain), whole(2, version));
  return concat([whole(1, 10), graph, opset('', 20), opset('com.microsoft', 1)]);
}
