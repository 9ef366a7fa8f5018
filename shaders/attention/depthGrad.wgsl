// dq_i = Σ_j ds_ij k_j, dk_j = Σ_i ds_ij q_i, dv_j = Σ_i p_ij do_i with p_ij = exp(s_ij − lse_i), ds_ij = SCALE · p_ij (do_i·v_j − δ_i); one thread per row of dq, then of dk, then of dv
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dqkv: array<f32>;

// (p_ij, ds_ij) of query i and key j of the row's sequence.
fn weights(row: u32, i: u32, j: u32) -> vec2f {
  let q = qkvBase(row / D) + i * qkvStep();
  let k = qkvBase(row / D) + j * qkvStep() + partStep();
  let g = outBase(row / D) + i * outStep();
  var s = 0.0;
  var t = 0.0;
  for (var c = 0u; c < C; c++) {
    s += qkv[q + c] * qkv[k + c];
    t += dy[g + c] * qkv[k + partStep() + c];
  }
  let stat = stats[row / D * D + i];
  let p = exp(s * SCALE - stat.x);
  return vec2f(p, SCALE * p * (t - stat.y));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  if (id >= 3u * ROWS) { return; }
  let part = id / ROWS;
  let row = id % ROWS;
  let own = row % D;
  let at = qkvBase(row / D) + own * qkvStep() + part * partStep();
  for (var c = 0u; c < C; c++) { dqkv[at + c] = 0.0; }
  for (var o = 0u; o < D; o++) {
    let other = qkvBase(row / D) + o * qkvStep();
    if (part == 0u) {
      let w = weights(row, own, o).y;
      for (var c = 0u; c < C; c++) { dqkv[at + c] += w * qkv[other + partStep() + c]; }
    } else if (part == 1u) {
      let w = weights(row, o, own).y;
      for (var c = 0u; c < C; c++) { dqkv[at + c] += w * qkv[other + c]; }
    } else {
      let w = weights(row, o, own).x;
      for (var c = 0u; c < C; c++) { dqkv[at + c] += w * dy[outBase(row / D) + o * outStep() + c]; }
    }
  }
}
