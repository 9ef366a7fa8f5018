// dq_i = Σ_j ds_ij k_j, dk_j = Σ_i ds_ij q_i, dv_j = Σ_i p_ij do_i with p_ij = exp(s_ij − lse_i), ds_ij = SCALE · p_ij (do_i·v_j − δ_i); one thread per row of dq, then of dk, then of dv; KEYS others at a time, four channels at a time
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;
const KEYS: u32 = 4u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> dqkv: array<vec4f>;

fn probability(row: u32, s: f32, i: u32) -> f32 { return exp(s * SCALE - stats[row / D * D + i].x); }
fn slope(row: u32, p: f32, t: f32, i: u32) -> f32 { return SCALE * p * (t - stats[row / D * D + i].y); }

// dq of slice i.
fn gradQ(row: u32, i: u32) {
  let base = qkvBase(row);
  let q = base + i * qkvStep();
  let g = outBase(row) + i * outStep();
  var acc: array<vec4f, C>;
  for (var j = 0u; j < D; j += KEYS) {
    var s = array<f32, KEYS>();
    var w = array<f32, KEYS>();
    for (var c = 0u; c < C; c++) {
      let x = qkv[q + c];
      let z = dy[g + c];
      for (var t = 0u; t < KEYS; t++) {
        let k = base + min(j + t, D - 1u) * qkvStep() + partStep() + c;
        s[t] += dot(x, qkv[k]);
        w[t] += dot(z, qkv[k + partStep()]);
      }
    }
    for (var t = 0u; t < KEYS; t++) { s[t] = select(0.0, slope(row, probability(row, s[t], i), w[t], i), j + t < D); }
    for (var c = 0u; c < C; c++) {
      for (var t = 0u; t < KEYS; t++) { acc[c] += s[t] * qkv[base + min(j + t, D - 1u) * qkvStep() + partStep() + c]; }
    }
  }
  for (var c = 0u; c < C; c++) { dqkv[q + c] = acc[c]; }
}

// dk of slice j.
fn gradK(row: u32, j: u32) {
  let base = qkvBase(row);
  let k = base + j * qkvStep() + partStep();
  var acc: array<vec4f, C>;
  for (var i = 0u; i < D; i += KEYS) {
    var s = array<f32, KEYS>();
    var w = array<f32, KEYS>();
    for (var c = 0u; c < C; c++) {
      let x = qkv[k + c];
      let z = qkv[k + partStep() + c];
      for (var t = 0u; t < KEYS; t++) {
        let o = min(i + t, D - 1u);
        s[t] += dot(x, qkv[base + o * qkvStep() + c]);
        w[t] += dot(z, dy[outBase(row) + o * outStep() + c]);
      }
    }
    for (var t = 0u; t < KEYS; t++) {
      let o = min(i + t, D - 1u);
      s[t] = select(0.0, slope(row, probability(row, s[t], o), w[t], o), i + t < D);
    }
    for (var c = 0u; c < C; c++) {
      for (var t = 0u; t < KEYS; t++) { acc[c] += s[t] * qkv[base + min(i + t, D - 1u) * qkvStep() + c]; }
    }
  }
  for (var c = 0u; c < C; c++) { dqkv[k + c] = acc[c]; }
}

// dv of slice j.
fn gradV(row: u32, j: u32) {
  let base = qkvBase(row);
  let k = base + j * qkvStep() + partStep();
  var acc: array<vec4f, C>;
  for (var i = 0u; i < D; i += KEYS) {
    var s = array<f32, KEYS>();
    for (var c = 0u; c < C; c++) {
      let x = qkv[k + c];
      for (var t = 0u; t < KEYS; t++) { s[t] += dot(x, qkv[base + min(i + t, D - 1u) * qkvStep() + c]); }
    }
    for (var t = 0u; t < KEYS; t++) { s[t] = select(0.0, probability(row, s[t], min(i + t, D - 1u)), i + t < D); }
    for (var c = 0u; c < C; c++) {
      for (var t = 0u; t < KEYS; t++) { acc[c] += s[t] * dy[outBase(row) + min(i + t, D - 1u) * outStep() + c]; }
    }
  }
  for (var c = 0u; c < C; c++) { dqkv[k + partStep() + c] = acc[c]; }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let id = linear(gid, nwg);
  if (id >= 3u * ROWS) { return; }
  let row = id % ROWS;
  switch (id / ROWS) {
    case 0u: { gradQ(row, row % D); }
    case 1u: { gradK(row, row % D); }
    default: { gradV(row, row % D); }
  }
}
