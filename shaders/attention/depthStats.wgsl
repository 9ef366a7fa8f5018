// stats[row] = (log Σ_j exp s_ij, Σ_j p_ij · do_i·v_j) of s_ij = SCALE · q_i·k_j, p = softmax_j(s): what the gradient needs of a row; one thread per (b, n, h, i), one key at a time with a running maximum
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let q = qkvBase(row / D) + row % D * qkvStep();
  let g = outBase(row / D) + row % D * outStep();
  var top = LOWEST;
  var sum = 0.0;
  var weighted = 0.0;
  for (var j = 0u; j < D; j++) {
    let k = qkvBase(row / D) + j * qkvStep() + partStep();
    var s = 0.0;
    var t = 0.0;
    for (var c = 0u; c < C; c++) {
      s += qkv[q + c] * qkv[k + c];
      t += dy[g + c] * qkv[k + partStep() + c];
    }
    s *= SCALE;
    let highest = max(top, s);
    let keep = exp(top - highest);
    let e = exp(s - highest);
    sum = sum * keep + e;
    weighted = weighted * keep + e * t;
    top = highest;
  }
  stats[row] = vec2f(top + log(sum), weighted / sum);
}
