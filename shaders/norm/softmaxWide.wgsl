// y = softmax(SCALE · x) over rows of C values; one workgroup of 64 threads a row, each every 64th value. −∞ gives exactly 0
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const SCALE: f32 = 1.0;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  var top = LOWEST;
  for (var c = lid; c < C; c += 64u) { top = max(top, x[base + c] * SCALE); }
  top = row_max(lid, top);
  var sum = 0.0;
  for (var c = lid; c < C; c += 64u) {
    let v = x[base + c] * SCALE;
    let e = select(exp(v - top), 0.0, v < LOWEST);
    y[base + c] = e;
    sum += e;
  }
  // A row of nothing but −∞ has no softmax; it gives zeros rather than NaN.
  let inverse = 1.0 / max(row_sum(lid, sum), 1e-30);
  for (var c = lid; c < C; c += 64u) { y[base + c] *= inverse; }
}
