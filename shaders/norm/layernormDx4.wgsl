// dx = epilogue((g − mean(g) − x̂ · mean(g · x̂)) / √(var + ε)), g = dy · w, over the last axis of [R, C], C a multiple of 4; one thread per row, four channels at a time
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
//#if AFFINE
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;
//#else
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

fn scaled(i: u32, c: u32) -> vec4f {
//#if AFFINE
  return dy[i] * w[c];
//#else
  return dy[i];
//#endif
}

fn total(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var sum = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) { sum += x[base + c]; }
  let mean = total(sum) / f32(C);
  var squares = vec4f(0.0);
  var sumG = vec4f(0.0);
  var sumGX = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) {
    let d = x[base + c] - mean;
    let g = scaled(base + c, c);
    squares += d * d;
    sumG += g;
    sumGX += g * d;
  }
  let rstd = 1.0 / sqrt(total(squares) / f32(C) + EPS);
  let meanG = total(sumG) / f32(C);
  let slope = total(sumGX) / f32(C) * rstd * rstd;
  for (var c = 0u; c < C / 4u; c++) {
    let v = (scaled(base + c, c) - meanG - (x[base + c] - mean) * slope) * rstd;
    let i = (base + c) * 4u;
    let k = c * 4u;
    dx[base + c] = vec4f(epilogue(v.x, i, k), epilogue(v.y, i + 1u, k + 1u), epilogue(v.z, i + 2u, k + 2u), epilogue(v.w, i + 3u, k + 3u));
  }
}
