// y = x − max − log Σ exp(x − max) over rows of C values; one thread per row
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  var top = LOWEST;
  for (var c = 0u; c < C; c++) { top = max(top, x[base + c]); }
  var sum = 0.0;
  for (var c = 0u; c < C; c++) { sum += select(exp(x[base + c] - top), 0.0, x[base + c] < LOWEST); }
  let shift = log(sum);
  for (var c = 0u; c < C; c++) { y[base + c] = x[base + c] - top - shift; }
}
