// dx = epilogue((g − mean(g) − x̂ · mean(g · x̂)) / √(var + ε)), g = dy · w, over the last axis of [R, C]; one workgroup of 64 threads a row
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
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
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * C;
  // Sums of x and of g.
  var sums = vec2f();
  for (var c = lid; c < C; c += 64u) { sums += vec2f(x[base + c], scaled(base + c, c)); }
  let mean = row_sums(lid, sums) / f32(C);
  // Sums of (x − mean)² and of g · (x − mean).
  var dots = vec2f();
  for (var c = lid; c < C; c += 64u) {
    let d = x[base + c] - mean.x;
    dots += vec2f(d, scaled(base + c, c)) * d;
  }
  dots = row_sums(lid, dots) / f32(C);
  let rstd = 1.0 / sqrt(dots.x + EPS);
  let slope = dots.y * rstd * rstd;
  for (var c = lid; c < C; c += 64u) {
    let v = (scaled(base + c, c) - mean.y - (x[base + c] - mean.x) * slope) * rstd;
    dx[base + c] = epilogue(v, base + c, c);
  }
}
