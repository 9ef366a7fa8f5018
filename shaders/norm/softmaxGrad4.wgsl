// dx = SCALE · y · (dy − Σ y · dy) over rows of C values, C a multiple of 4; one thread per row, four values at a time
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var dots = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) { dots += y[base + c] * dy[base + c]; }
  let d = dots.x + dots.y + dots.z + dots.w;
  for (var c = 0u; c < C / 4u; c++) {
    let i = base + c;
    dx[i] = SCALE * y[i] * (dy[i] - d);
  }
}
