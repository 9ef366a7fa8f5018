// o_i = Σ_j softmax_j(SCALE · q_i·k_j + relH[i, j / KW] + relW[i, j % KW]) · v_j and lse_i = log Σ_j exp(…); 128 threads own 64 queries of a head, tiles of 64 keys pass through workgroup memory
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
fn biasedHalf(s: mat4x4f, band: mat4x4f, h: vec4f, z: u32, n: u32, k: u32) -> mat4x4f {
  return mat4x4f(
    biased(s[0], terms(z, n, k, band[0], h.x), k),
    biased(s[1], terms(z, n + 4u, k, band[1], h.y), k),
    biased(s[2], terms(z, n + 8u, k, band[2], h.z), k),
    biased(s[3], terms(z, n + 12u, k, band[3], h.w), k),
  );
}
fn highestOf(s: mat4x4f) -> vec4f { return vec4f(highest(s[0]), highest(s[1]), highest(s[2]), highest(s[3])); }
fn exps(s: mat4x4f, top: vec4f) -> mat4x4f { return mat4x4f(exp(s[0] - top.x), exp(s[1] - top.y), exp(s[2] - top.z), exp(s[3] - top.w)); }
fn totals(p: mat4x4f) -> vec4f { return vec4f(1.0) * p; }

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let n = row + ownRow(t);
  let mine = t % 8u * 16u + ((t / 8u) ^ (t % 8u));
  var top = vec4f(LOWEST);
  var sum = vec4f();
  var acc = Pair();
  var last = mat4x4f();
  var band = Pair();
  for (var tile = 0u; tile < TILES; tile++) {
    let j = tileAt(tile);
    let k = j + t % 8u;
    if (begins(tile)) { band = Pair(bandTerms(z, n, k), bandTerms(z, n, k + 32u)); }
    let s = scoresWg(z, row, j, t);
    let low = biasedHalf(s.l, band.l, rowTerms(z, n, j / KW), z, n, k);
    let high = biasedHalf(s.h, band.h, rowTerms(z, n, (j + 32u) / KW), z, n, k + 32u);
    pt[mine] = max(highestOf(low), highestOf(high));
    workgroupBarrier();
    var above = top;
    for (var i = 0u; i < 8u; i++) { above = max(above, pt[i * 16u + ((t / 8u) ^ i)]); }
    let keep = exp(top - above);
    top = above;
    let p = Pair(exps(low, top), exps(high, top));
    sum = sum * keep + totals(p.l) + totals(p.h);
    acc = Pair(columns(acc.l, keep), columns(acc.h, keep));
    last = columns(last, keep);
    for (var part = 0u; part < 2u; part++) {
      let at = j + 32u * part;
      if (at >= OTHERS) { break; }
      workgroupBarrier();
      if (part == 0u) { keepWeights(p.l, t); } else { keepWeights(p.h, t); }
      stageF(z, at, t);
      workgroupBarrier();
      acc = mixWg(acc, row, at, t, E4 > 8u);
      if (E4 > 16u) {
        workgroupBarrier();
        stageLastF(z, at, t);
        workgroupBarrier();
        last = mixLast(last, t);
      }
    }
  }
  workgroupBarrier();
  stage[mine] = sum;
  workgroupBarrier();
  var all = vec4f();
  for (var i = 0u; i < 8u; i++) { all += stage[i * 16u + ((t / 8u) ^ i)]; }
  let w = 1.0 / all;
  let at = z / HEADS * OWN * ROW + z % HEADS * E;
  putWg(columns(acc.l, w), at, row, 0u, t, E);
  if (E4 > 8u) { putWg(columns(acc.h, w), at, row, 1u, t, E); }
  if (E4 > 16u) { putWg(columns(last, w), at, row, 2u, t, E); }
  if (t % 8u != 0u) { return; }
  for (var r = 0u; r < 4u; r++) {
    if (n + 4u * r < OWN) { o[(z / HEADS * OWN + n + 4u * r) * ROW + HEADS * E + z % HEADS] = top[r] + log(all[r]); }
  }
}
