// dx = SCALE · y · (dy − Σ y · dy) over rows of C values; one workgroup of 64 threads a row, each every 64th value
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  var dot = 0.0;
  for (var c = lid; c < C; c += 64u) { dot += y[base + c] * dy[base + c]; }
  let d = row_sum(lid, dot);
  for (var c = lid; c < C; c += 64u) {
    let i = base + c;
    dx[i] = SCALE * y[i] * (dy[i] - d);
  }
}
