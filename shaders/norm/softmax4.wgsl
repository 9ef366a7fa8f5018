// y = softmax(SCALE · x) over rows of C values, C a multiple of 4; one thread per row, four values at a time. −∞ gives exactly 0
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const SCALE: f32 = 1.0;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var tops = vec4f(LOWEST);
  for (var c = 0u; c < C / 4u; c++) { tops = max(tops, x[base + c] * SCALE); }
  let top = max(max(tops.x, tops.y), max(tops.z, tops.w));
  var sums = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) {
    let v = x[base + c] * SCALE;
    let e = select(exp(v - top), vec4f(0.0), v < vec4f(LOWEST));
    y[base + c] = e;
    sums += e;
  }
  // A row of nothing but −∞ has no softmax; it gives zeros rather than NaN.
  let inverse = 1.0 / max(sums.x + sums.y + sums.z + sums.w, 1e-30);
  for (var c = 0u; c < C / 4u; c++) { y[base + c] *= inverse; }
}
