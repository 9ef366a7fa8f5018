// stats[row] = (mean, 1 / √(var + ε)) over axis C of [O, C, INNER]; one thread per row (o, i)
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const INNER: u32 = 1u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = (row / INNER) * C * INNER + row % INNER;
  var sum = 0.0;
  for (var c = 0u; c < C; c++) { sum += x[base + c * INNER]; }
  let mean = sum / f32(C);
  var squares = 0.0;
  for (var c = 0u; c < C; c++) {
    let d = x[base + c * INNER] - mean;
    squares += d * d;
  }
  stats[row] = vec2f(mean, 1.0 / sqrt(squares / f32(C) + EPS));
}
