// y = (x − mean) / √(var + ε) · w + b over the last axis of [R, C], C a multiple of 4; one workgroup of 64 threads a row, which
// it reads once: each thread keeps HOLD vec4s, 64 apart.
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const HOLD: u32 = 1u;
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
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var held = array<vec4f, HOLD>();
  var sum = vec4f();
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      held[k] = x[base + c];
      sum += held[k];
    }
  }
  let mean = row_sum(lid, dot(sum, vec4f(1.0))) / f32(C);
  var squares = vec4f();
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      held[k] -= mean;
      squares += held[k] * held[k];
    }
  }
  let rstd = 1.0 / sqrt(row_sum(lid, dot(squares, vec4f(1.0))) / f32(C) + EPS);
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      var v = held[k] * rstd;
//#if AFFINE
      v = v * w[c] + b[c];
//#endif
      let i = (base + c) * 4u;
      let j = c * 4u;
      y[base + c] = vec4f(epilogue(v.x, i, j), epilogue(v.y, i + 1u, j + 1u), epilogue(v.z, i + 2u, j + 2u), epilogue(v.w, i + 3u, j + 3u));
    }
  }
}
