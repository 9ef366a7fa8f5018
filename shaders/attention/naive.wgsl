// o = softmax(SCALE · q·kᵀ + relH[q, kh] + relW[q, kw]) · v; one thread per query of a (batch, head); the scores are computed three times and never stored
//#include lib/index.wgsl
const ROWS: u32 = 4u;
const N: u32 = 4u;
const M: u32 = 4u;
const D: u32 = 4u;
const DV: u32 = 4u;
const KW: u32 = 1u;
const SCALE: f32 = 1.0;
//#fixed
const LOWEST: f32 = -3.0e38;

@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
//#if REL
@group(0) @binding(3) var<storage, read> relH: array<f32>;
@group(0) @binding(4) var<storage, read> relW: array<f32>;
@group(0) @binding(5) var<storage, read_write> o: array<f32>;
//#else
@group(0) @binding(3) var<storage, read_write> o: array<f32>;
//#endif

fn score(row: u32, m: u32) -> f32 {
  var s = 0.0;
  for (var d = 0u; d < D; d++) { s += q[row * D + d] * k[(row / N * M + m) * D + d]; }
  s *= SCALE;
//#if REL
  s += relH[row * (M / KW) + m / KW] + relW[row * KW + m % KW];
//#endif
  return s;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  var top = LOWEST;
  for (var m = 0u; m < M; m++) { top = max(top, score(row, m)); }
  var sum = 0.0;
  for (var m = 0u; m < M; m++) { sum += exp(score(row, m) - top); }
  for (var d = 0u; d < DV; d++) { o[row * DV + d] = 0.0; }
  for (var m = 0u; m < M; m++) {
    let p = exp(score(row, m) - top) / sum;
    for (var d = 0u; d < DV; d++) { o[row * DV + d] += p * v[(row / N * M + m) * DV + d]; }
  }
}
