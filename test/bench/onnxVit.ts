import { type VitSize, vitWeights, weightValues } from '../../src/cli/benchWorkloads';
import type { OnnxGraph, OnnxNode, OnnxWeight } from './onnx';

/** Transposes a matrix [rows, columns]. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}

/** Appends a node with one result; returns the result's name. */
type Put = (op: string, inputs: string[], more?: Partial<OnnxNode>) => string;

/** From qkv [1, tokens, 3·dim] to the attended tokens [1, tokens, dim]. */
export type OnnxAttention = (put: Put, qkv: string, size: VitSize, weights: Map<string, OnnxWeight>) => string;

/** By the runtime's own fused op. */
export const fused: OnnxAttention = (put, qkv, { heads }) => {
  const parts = ['q', 'k', 'v'].map((name) => `${qkv}.${name}`);
  put('Split', [qkv], { outputs: parts, attributes: { axis: 2, num_outputs: 3 } });
  return put('MultiHeadAttention', parts, { domain: 'com.microsoft', attributes: { num_heads: heads } });
};

/** Of plain operators. */
export const composed: OnnxAttention = (put, qkv, { tokens, dim, heads }, weights) => {
  put1(weights, 'split', [tokens, 3, heads, dim / heads]);
  put1(weights, 'merge', [1, tokens, dim]);
  weights.set('scale', { name: 'scale', shape: [], data: Float32Array.of((dim / heads) ** -0.5) });
  const parts = put('Reshape', [qkv, 'split']);
  const part = (i: number, perm: number[]) => {
    weights.set(`i${i}`, { name: `i${i}`, shape: [], data: BigInt64Array.of(BigInt(i)) });
    return put('Transpose', [put('Gather', [parts, `i${i}`], { attributes: { axis: 1 } })], { attributes: { perm } });
  };
  const scores = put('MatMul', [part(0, [1, 0, 2]), part(1, [1, 2, 0])]);
  const p = put('Softmax', [put('Mul', [scores, 'scale'])], { attributes: { axis: -1 } });
  const y = put('Transpose', [put('MatMul', [p, part(2, [1, 0, 2])])], { attributes: { perm: [1, 0, 2] } });
  return put('Reshape', [y, 'merge']);
};

function put1(weights: Map<string, OnnxWeight>, name: string, numbers: readonly number[]): void {
  weights.set(name, { name, shape: [numbers.length], data: BigInt64Array.from(numbers.map(BigInt)) });
}

/** The ViT forward on x [1, tokens, dim] → y, as exporters write it: MatMul + Add, Gelu, the given attention. */
export function onnxVit(size: VitSize, attention: OnnxAttention): OnnxGraph {
  const { tokens, dim, blocks } = size;
  const nodes: OnnxNode[] = [];
  const extra = new Map<string, OnnxWeight>();
  const put: Put = (op, inputs, more = {}) => {
    const name = `t${nodes.length}`;
    nodes.push({ op, inputs, outputs: [name], ...more });
    return name;
  };
  const lin = (name: string, x: string) => put('Add', [put('MatMul', [x, `${name}.weight`]), `${name}.bias`]);
  const norm = (name: string, x: string) =>
    put('LayerNormalization', [x, `${name}.weight`, `${name}.bias`], { attributes: { epsilon: { float: 1e-6 } } });
  const adapter = (name: string, x: string) =>
    put('Add', [lin(`${name}.up`, put('Gelu', [lin(`${name}.down`, x)])), x]);
  let x = 'x';
  for (let i = 0; i < blocks; i++) {
    const qkv = lin(`${i}.qkv`, norm(`${i}.norm1`, x));
    const a = attention(put, qkv, size, extra);
    x = put('Add', [x, adapter(`${i}.adapter1`, lin(`${i}.proj`, a))]);
    const h = lin(`${i}.lin2`, put('Gelu', [lin(`${i}.lin1`, norm(`${i}.norm2`, x))]));
    x = put('Add', [x, adapter(`${i}.adapter2`, h)]);
  }
  const last = nodes[nodes.length - 1];
  nodes[nodes.length - 1] = { ...last, outputs: ['y'] };
  const weights = vitWeights(size, 'forward').map(({ name, shape }): OnnxWeight => {
    const data = weightValues(name, shape);
    if (shape.length < 2) return { name, shape, data };
    return { name, shape: [shape[1], shape[0]], data: transposed(data, shape[0], shape[1]) };
  });
  const io = (name: string) => [{ name, shape: [1, tokens, dim] }];
  return { nodes, weights: [...weights, ...extra.values()], inputs: io('x'), outputs: io('y') };
}
