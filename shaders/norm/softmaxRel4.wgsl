// y = softmax(SCALE · x + relH[row, k / KW] + relW[row, k % KW]) over the keys k = (kh, kw) of a row (b, qh, qw), KW a multiple of 4; one thread per row, four keys at a time
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
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> relH: array<f32>;
@group(0) @binding(2) var<storage, read> relW: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let b = row / (QH * QW);
  let qy = row / QW % QH;
  let qx = row % QW;
  let h0 = H_OFF + b * H_B + qy * H_Y + qx * H_X;
  let w0 = (W_OFF + b * W_B + qy * W_Y + qx * W_X) / 4u;
  let base = row * KH * (KW / 4u);
  let end = base + KH * (KW / 4u);
  var tops = vec4f(LOWEST);
  for (var kh = 0u; kh < KH; kh++) {
    let h = relH[h0 + kh * H_K];
    for (var kw = 0u; kw < KW / 4u; kw++) {
      let i = base + kh * (KW / 4u) + kw;
      let v = x[i] * SCALE + h + relW[w0 + kw];
      y[i] = v;
      tops = max(tops, v);
    }
  }
  let top = max(max(tops.x, tops.y), max(tops.z, tops.w));
  var sums = vec4f();
  for (var i = base; i < end; i++) {
    let v = y[i];
    let e = select(exp(v - top), vec4f(), v < vec4f(LOWEST));
    y[i] = e;
    sums += e;
  }
  // A row of nothing but −∞ has no softmax; it gives zeros rather than NaN.
  let inverse = 1.0 / max(sums.x + sums.y + sums.z + sums.w, 1e-30);
  for (var i = base; i < end; i++) {
    y[i] *= inverse;
  }
}
