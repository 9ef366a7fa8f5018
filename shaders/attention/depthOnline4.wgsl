// o_i = Σ_j softmax_j(SCALE · q_i·k_j) · v_j over the D tokens of a volume at one position; one thread per (b, n, h, i), KEYS keys at a time with a running maximum: registers grow with the head, not with D
//#include lib/index.wgsl
//#include attention/depthLayout.wgsl
const SCALE: f32 = 1.0;
const KEYS: u32 = 4u;

@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> o: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let q = qkvBase(row) + row % D * qkvStep();
  let k = qkvBase(row) + partStep();
  let v = k + partStep();
  var top = LOWEST;
  var sum = 0.0;
  var acc: array<vec4f, C>;
  for (var j = 0u; j < D; j += KEYS) {
    // Set to zero in words: without them SwiftShader keeps the values of the last round.
    var s = array<f32, KEYS>();
    for (var c = 0u; c < C; c++) {
      let x = qkv[q + c];
      for (var t = 0u; t < KEYS; t++) { s[t] += dot(x, qkv[k + min(j + t, D - 1u) * qkvStep() + c]); }
    }
    var highest = top;
    for (var t = 0u; t < KEYS; t++) {
      s[t] = select(LOWEST, s[t] * SCALE, j + t < D);
      highest = max(highest, s[t]);
    }
    let keep = exp(top - highest);
    sum *= keep;
    for (var t = 0u; t < KEYS; t++) {
      s[t] = exp(s[t] - highest);
      sum += s[t];
    }
    for (var c = 0u; c < C; c++) {
      var a = acc[c] * keep;
      for (var t = 0u; t < KEYS; t++) { a += s[t] * qkv[v + min(j + t, D - 1u) * qkvStep() + c]; }
      acc[c] = a;
    }
    top = highest;
  }
  let at = outBase(row) + row % D * outStep();
  for (var c = 0u; c < C; c++) { o[at + c] = acc[c] / sum; }
}
