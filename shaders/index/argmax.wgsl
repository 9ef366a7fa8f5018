// y[row] = position of the first largest value of a row of C; one thread per row
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) {
    return;
  }
  var best = 0u;
  for (var c = 1u; c < C; c++) {
    if (x[row * C + c] > x[row * C + best]) {
      best = c;
    }
  }
  y[row] = best;
}
