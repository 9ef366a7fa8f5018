// dx = SCALE · y · (dy − Σ y · dy) over rows of C values, C a multiple of 4; one workgroup of 64 threads a row, which it reads once: each
// thread keeps HOLD vec4s of y and of dy, 64 apart.
//#include lib/row.wgsl
const ROWS: u32 = 4u;
const C: u32 = 8u;
const HOLD: u32 = 1u;
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = row_of(wid, nwg);
  if (row >= ROWS) { return; }
  let base = row * (C / 4u);
  var ys = array<vec4f, HOLD>();
  var gs = array<vec4f, HOLD>();
  var part = 0.0;
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      ys[k] = y[base + c];
      gs[k] = dy[base + c];
      part += dot(ys[k], gs[k]);
    }
  }
  let d = row_sum(lid, part);
  for (var k = 0u; k < HOLD; k++) {
    let c = lid + 64u * k;
    if (c < C / 4u) {
      dx[base + c] = SCALE * ys[k] * (gs[k] - d);
    }
  }
}
