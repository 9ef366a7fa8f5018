// dx = epilogue((g − mean(g) − x̂ · mean(g · x̂)) / √(var + ε)), g = dy · w, over axis C of [O, C, INNER]; one thread per row (o, i); the statistics are computed again from x
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const INNER: u32 = 1u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
//#if AFFINE
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
//#else
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

fn scaled(i: u32, c: u32) -> f32 {
//#if AFFINE
  return dy[i] * w[c];
//#else
  return dy[i];
//#endif
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
  var sumG = 0.0;
  var sumGX = 0.0;
  for (var c = 0u; c < C; c++) {
    let i = base + c * INNER;
    let d = x[i] - mean;
    let g = scaled(i, c);
    squares += d * d;
    sumG += g;
    sumGX += g * d;
  }
  let rstd = 1.0 / sqrt(squares / f32(C) + EPS);
  let meanG = sumG / f32(C);
  let slope = sumGX / f32(C) * rstd * rstd;
  for (var c = 0u; c < C; c++) {
    let i = base + c * INNER;
    let v = (scaled(i, c) - meanG - (x[i] - mean) * slope) * rstd;
    dx[i] = epilogue(v, i, select(row % INNER, c, INNER == 1u));
  }
}
