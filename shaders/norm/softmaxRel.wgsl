// y = softmax(SCALE · x + relH[row, k / KW] + relW[row, k % KW]) over the keys k = (kh, kw) of a row (b, qh, qw); one thread per row; relH and relW are read through strides
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const QH: u32 = 2u;
const QW: u32 = 2u;
const KH: u32 = 2u;
const KW: u32 = 2u;
const SCALE: f32 = 1.0;
const H_OFF: u32 = 0u;
const H_B: u32 = 8u;
const H_Y: u32 = 4u;
const H_X: u32 = 2u;
const H_K: u32 = 1u;
const W_OFF: u32 = 0u;
const W_B: u32 = 8u;
const W_Y: u32 = 4u;
const W_X: u32 = 2u;
const W_K: u32 = 1u;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> relH: array<f32>;
@group(0) @binding(2) var<storage, read> relW: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let b = row / (QH * QW);
  let qy = row / QW % QH;
  let qx = row % QW;
  let h0 = H_OFF + b * H_B + qy * H_Y + qx * H_X;
  let w0 = W_OFF + b * W_B + qy * W_Y + qx * W_X;
  let base = row * KH * KW;
  var top = LOWEST;
  for (var kh = 0u; kh < KH; kh++) {
    let h = relH[h0 + kh * H_K];
    for (var kw = 0u; kw < KW; kw++) {
      let i = base + kh * KW + kw;
      let v = x[i] * SCALE + h + relW[w0 + kw * W_K];
      y[i] = v;
      top = max(top, v);
    }
  }
  var sum = 0.0;
  for (var i = base; i < base + KH * KW; i++) {
    let v = y[i];
    let e = select(exp(v - top), 0.0, v < LOWEST);
    y[i] = e;
    sum += e;
  }
  // A row of nothing but −∞ has no softmax; it gives zeros rather than NaN.
  let inverse = 1.0 / max(sum, 1e-30);
  for (var i = base; i < base + KH * KW; i++) { y[i] *= inverse; }
}
