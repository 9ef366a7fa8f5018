// y = softmax(SCALE · x) over rows of C values, C a multiple of 4; one workgroup of 64 threads a row, which it reads once: each thread
// keeps HOLD vec4s, 64 apart. −∞ gives exactly 0
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const HOLD: u32 = 1u;
const SCALE: f32 = 1.0;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var held = array<vec4f, HOLD>();
  var most = vec4f(LOWEST);
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      held[k] = x[base + c] * SCALE;
      most = max(most, held[k]);
    }
  }
  let top = row_max(lid, max(max(most.x, most.y), max(most.z, most.w)));
  var sum = vec4f();
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      held[k] = select(exp(held[k] - top), vec4f(), held[k] < vec4f(LOWEST));
      sum += held[k];
    }
  }
  // A row of nothing but −∞ has no softmax; it gives zeros rather than NaN.
  let inverse = 1.0 / max(row_sum(lid, dot(sum, vec4f(1.0))), 1e-30);
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      y[base + c] = held[k] * inverse;
    }
  }
}
