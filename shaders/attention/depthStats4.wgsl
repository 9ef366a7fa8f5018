// stats[row] = (log Σ_j exp s_ij, Σ_j p_ij · do_i·v_j) of s_ij = SCALE · q_i·k_j, p = softmax_j(s); one thread per (b, n, h, i), KEYS keys at a time, four channels at a time
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;
const KEYS: u32 = 4u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let q = qkvBase(row) + row % D * qkvStep();
  let k = qkvBase(row) + partStep();
  let g = outBase(row) + row % D * outStep();
  var top = LOWEST;
  var sum = 0.0;
  var weighted = 0.0;
  for (var j = 0u; j < D; j += KEYS) {
    var s = array<f32, KEYS>();
    var w = array<f32, KEYS>();
    for (var c = 0u; c < C; c++) {
      let x = qkv[q + c];
      let z = dy[g + c];
      for (var t = 0u; t < KEYS; t++) {
        let at = k + min(j + t, D - 1u) * qkvStep() + c;
        s[t] += dot(x, qkv[at]);
        w[t] += dot(z, qkv[at + partStep()]);
      }
    }
    var highest = top;
    for (var t = 0u; t < KEYS; t++) {
      s[t] = select(LOWEST, s[t] * SCALE, j + t < D);
      highest = max(highest, s[t]);
    }
    let keep = exp(top - highest);
    sum *= keep;
    weighted *= keep;
    for (var t = 0u; t < KEYS; t++) {
      let e = exp(s[t] - highest);
      sum += e;
      weighted += e * w[t];
    }
    top = highest;
  }
  stats[row] = vec2f(top + log(sum), weighted / sum);
}
