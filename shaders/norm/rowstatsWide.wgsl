// stats[row] = (mean, 1 / √(var + ε)) over the last axis of [R, C]; one workgroup of 64 threads a row
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  var sum = 0.0;
  for (var c = lid; c < C; c += 64u) { sum += x[base + c]; }
  let mean = row_sum(lid, sum) / f32(C);
  var squares = 0.0;
  for (var c = lid; c < C; c += 64u) {
    let d = x[base + c] - mean;
    squares += d * d;
  }
  let rstd = 1.0 / sqrt(row_sum(lid, squares) / f32(C) + EPS);
  if (lid == 0u) { stats[row] = vec2f(mean, rstd); }
}
