// o_i = Σ_j softmax_j(SCALE · q_i·k_j) · v_j over the D tokens of a volume at one position; one thread per (b, n, h, i); the scores are computed three times and never stored
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read_write> o: array<f32>;

fn score(q: u32, k: u32) -> f32 {
  var s = 0.0;
  for (var c = 0u; c < C; c++) { s += qkv[q + c] * qkv[k + c]; }
  return s * SCALE;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let q = qkvBase(row / D) + row % D * qkvStep();
  let k = qkvBase(row / D) + partStep();
  let v = k + partStep();
  let at = outBase(row / D) + row % D * outStep();
  var top = LOWEST;
  for (var j = 0u; j < D; j++) { top = max(top, score(q, k + j * qkvStep())); }
  var sum = 0.0;
  for (var j = 0u; j < D; j++) { sum += exp(score(q, k + j * qkvStep()) - top); }
  for (var c = 0u; c < C; c++) { o[at + c] = 0.0; }
  for (var j = 0u; j < D; j++) {
    let p = exp(score(q, k + j * qkvStep()) - top) / sum;
    for (var c = 0u; c < C; c++) { o[at + c] += p * qkv[v + j * qkvStep() + c]; }
  }
}
