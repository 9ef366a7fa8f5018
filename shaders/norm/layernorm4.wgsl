// y = (x − mean) / √(var + ε) · w + b over the last axis of [R, C], C a multiple of 4; one thread per row, four channels at a time
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const EPS: f32 = 1e-5;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
//#if AFFINE
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
//#else
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var sum = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) { sum += x[base + c]; }
  let mean = (sum.x + sum.y + sum.z + sum.w) / f32(C);
  var squares = vec4f(0.0);
  for (var c = 0u; c < C / 4u; c++) {
    let d = x[base + c] - mean;
    squares += d * d;
  }
  let rstd = 1.0 / sqrt((squares.x + squares.y + squares.z + squares.w) / f32(C) + EPS);
  for (var c = 0u; c < C / 4u; c++) {
    var v = (x[base + c] - mean) * rstd;
//#if AFFINE
    v = v * w[c] + b[c];
//#endif
    let i = (base + c) * 4u;
    let k = c * 4u;
    y[base + c] = vec4f(epilogue(v.x, i, k), epilogue(v.y, i + 1u, k + 1u), epilogue(v.z, i + 2u, k + 2u), epilogue(v.w, i + 3u, k + 3u));
  }
}
