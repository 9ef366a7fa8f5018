// o_i = Σ_j softmax_j(SCALE · q_i·k_j + relH[i, j / KW] + relW[i, j % KW]) · v_j and lse_i = log Σ_j exp(…); 128 threads own 64 queries of a head, tiles of 32 keys pass through workgroup memory
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/operands.wgsl
//#include attention/put.wgsl
//#include attention/wgTile.wgsl
//#include attention/wgRel.wgsl

// Scores of own row n and keys j, j + 8, j + 16, j + 24.
fn biased(s: vec4f, bias: vec4f, j: u32) -> vec4f {
  return select(vec4f(LOWEST), s * SCALE + bias, j + 8u * IOTA < vec4u(OTHERS));
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let n = row + t / 8u;
  var top = vec4f(LOWEST);
  var sum = vec4f();
  var o0 = mat4x4f();
  var o1 = mat4x4f();
  var o2 = mat4x4f();
  var band = mat4x4f();
  for (var tile = 0u; tile < TILES; tile++) {
    let j = tileAt(tile);
    let k = j + t % 8u;
    if (begins(tile)) { band = bandTerms(z, n, k); }
    let h = rowTerms(z, n, j / KW);
    var s = scoresWg(z, row, j, t);
    s = mat4x4f(
      biased(s[0], terms(z, n, k, band[0], h.x), k),
      biased(s[1], terms(z, n + 16u, k, band[1], h.y), k),
      biased(s[2], terms(z, n + 32u, k, band[2], h.z), k),
      biased(s[3], terms(z, n + 48u, k, band[3], h.w), k),
    );
    workgroupBarrier();
    stage[t % 8u * 16u + t / 8u] = vec4f(highest(s[0]), highest(s[1]), highest(s[2]), highest(s[3]));
    workgroupBarrier();
    var above = top;
    for (var i = 0u; i < 8u; i++) { above = max(above, stage[i * 16u + t / 8u]); }
    let keep = exp(top - above);
    top = above;
    let p = mat4x4f(exp(s[0] - top.x), exp(s[1] - top.y), exp(s[2] - top.z), exp(s[3] - top.w));
    sum = sum * keep + vec4f(total(p[0]), total(p[1]), total(p[2]), total(p[3]));
    keepWeights(p, t);
    stageF(z, j, 0u, t);
    o0 = mixWg(columns(o0, keep), t);
    if (E4 > 8u) {
      stageF(z, j, 1u, t);
      o1 = mixWg(columns(o1, keep), t);
    }
    if (E4 > 16u) {
      stageF(z, j, 2u, t);
      o2 = mixWg(columns(o2, keep), t);
    }
  }
  workgroupBarrier();
  stage[t % 8u * 16u + t / 8u] = sum;
  workgroupBarrier();
  var all = vec4f();
  for (var i = 0u; i < 8u; i++) { all += stage[i * 16u + t / 8u]; }
  let w = 1.0 / all;
  let at = z / HEADS * OWN * ROW + z % HEADS * E;
  putWg(columns(o0, w), at, row, 0u, t, E);
  if (E4 > 8u) { putWg(columns(o1, w), at, row, 1u, t, E); }
  if (E4 > 16u) { putWg(columns(o2, w), at, row, 2u, t, E); }
  if (t % 8u != 0u) { return; }
  for (var r = 0u; r < 4u; r++) {
    if (n + 16u * r < OWN) { o[(z / HEADS * OWN + n + 16u * r) * ROW + HEADS * E + z % HEADS] = top[r] + log(all[r]); }
  }
}
