// dx = SCALE · y · (dy − Σ y · dy) over rows of C values; one thread per row
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  var along = 0.0;
  for (var c = 0u; c < C; c++) { along += y[base + c] * dy[base + c]; }
  for (var c = 0u; c < C; c++) {
    let i = base + c;
    dx[i] = SCALE * y[i] * (dy[i] - along);
  }
}
