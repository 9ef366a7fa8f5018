// dx = epilogue((g − mean(g) − x̂ · mean(g · x̂)) / √(var + ε)), g = dy · w, over the last axis of [R, C], C a multiple of 4; one workgroup
// of 64 threads a row, which it reads once: each thread keeps HOLD vec4s of x and of g, 64 apart.
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const HOLD: u32 = 1u;
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

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var xs = array<vec4f, HOLD>();
  var gs = array<vec4f, HOLD>();
  // Sums of x and of g.
  var sums = vec2f();
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      xs[k] = x[base + c];
      gs[k] = dy[base + c];
//#if AFFINE
      gs[k] *= w[c];
//#endif
      sums += vec2f(dot(xs[k], vec4f(1.0)), dot(gs[k], vec4f(1.0)));
    }
  }
  let mean = row_sums(lid, sums) / f32(C);
  // Sums of (x − mean)² and of g · (x − mean).
  var dots = vec2f();
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      xs[k] -= mean.x;
      dots += vec2f(dot(xs[k], xs[k]), dot(gs[k], xs[k]));
    }
  }
  dots = row_sums(lid, dots) / f32(C);
  let rstd = 1.0 / sqrt(dots.x + EPS);
  let slope = dots.y * rstd * rstd;
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      let v = (gs[k] - mean.y - xs[k] * slope) * rstd;
      let i = (base + c) * 4u;
      let j = c * 4u;
      dx[base + c] = vec4f(epilogue(v.x, i, j), epilogue(v.y, i + 1u, j + 1u), epilogue(v.z, i + 2u, j + 2u), epilogue(v.w, i + 3u, j + 3u));
    }
  }
}
