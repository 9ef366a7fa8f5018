// y = (x − mean) / √(var + ε) · w + b over axis C of [O, C, INNER]; one thread per row (o, i); two passes, so that the variance does not cancel
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const INNER: u32 = 1u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> x: array<f32>;
//#if AFFINE
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
//#else
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

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
  let rstd = 1.0 / sqrt(squares / f32(C) + EPS);
  for (var c = 0u; c < C; c++) {
    let i = base + c * INNER;
    var v = (x[i] - mean) * rstd;
//#if AFFINE
    v = v * w[c] + b[c];
//#endif
    y[i] = epilogue(v, i, select(row % INNER, c, INNER == 1u));
  }
}
